import { openBook } from "../shared/book.ts";
import type { Clock } from "../shared/clock.ts";
import type { Truth } from "../shared/truth.ts";
import type { TossPayment } from "./payment.ts";

/** What a change did to money. */
export type Effect = "capture" | "refund" | "none";

/** One line of the book. `scope` is the idempotency key whose answer this change is. */
type BookLine = { effect: Effect; payment: TossPayment; scope?: string; atMs?: number };

export type StoreWorld = {
  clock: Clock;
  truth: Truth;
  bookFolder?: string;
  /** Hears each answer that an idempotency key must still remember after a restart on the same book. */
  onRestore?: (scope: string, payment: TossPayment, atMs: number) => void;
};

/** The payments by key and by order, told to the truth and, when there is a folder, to the book. */
export function createStore(world: StoreWorld) {
  const index = createIndex();
  const replay = (line: unknown): void => {
    const { effect, payment, scope, atMs } = line as BookLine;
    index.put(payment);
    tellTruth(world.truth, effect, payment);
    if (scope !== undefined) world.onRestore?.(scope, payment, atMs ?? 0);
  };
  const book = world.bookFolder === undefined ? undefined : openBook(world.bookFolder, "toss", replay);
  return {
    ...index,
    change(payment: TossPayment, effect: Effect, scope?: string): TossPayment {
      index.put(payment);
      tellTruth(world.truth, effect, payment);
      book?.append({ effect, payment, ...(scope === undefined ? {} : { scope, atMs: world.clock.now() }) });
      return payment;
    },
    durable: () => book?.durable(),
    clear() {
      index.clear();
      book?.clear();
    },
    close: async () => book?.close(),
  };
}

function tellTruth(truth: Truth, effect: Effect, payment: TossPayment): void {
  if (effect === "capture") truth.capture(payment.orderId, payment.paymentKey, payment.totalAmount);
  const last = payment.cancels.at(-1);
  if (effect !== "refund" || last === undefined) return;
  const at = new Date(last.canceledAtMs).toISOString();
  const row = { amount: last.cancelAmount, transactionKey: last.transactionKey, at };
  truth.refund(payment.orderId, payment.paymentKey, row);
}

function createIndex() {
  const payments = new Map<string, TossPayment>();
  const keyOfOrder = new Map<string, string>();
  // Sessions in the order in which they end, so that looking for overdue ones costs nothing when there are none.
  const waiting = { READY: new Set<string>(), IN_PROGRESS: new Set<string>() };
  let latestOrders: [string, string] = ["", ""];
  const byOrder = (orderId: string) => payments.get(keyOfOrder.get(orderId) ?? "");
  return {
    put(payment: TossPayment): void {
      const { paymentKey, orderId, status } = payment;
      payments.set(paymentKey, payment);
      // An approved payment stays the order's payment, whatever is tried later.
      if (byOrder(orderId)?.approvedAtMs === undefined) keyOfOrder.set(orderId, paymentKey);
      if (latestOrders[1] !== orderId) latestOrders = [latestOrders[1], orderId];
      waiting.READY.delete(paymentKey);
      waiting.IN_PROGRESS.delete(paymentKey);
      if (status === "READY" || status === "IN_PROGRESS") waiting[status].add(paymentKey);
    },
    byKey: (paymentKey: string) => payments.get(paymentKey),
    byOrder,
    otherThan: (orderId: unknown) => byOrder(latestOrders[1] === orderId ? latestOrders[0] : latestOrders[1]),
    waiting: [waiting.READY, waiting.IN_PROGRESS] as const,
    clear(): void {
      payments.clear();
      keyOfOrder.clear();
      waiting.READY.clear();
      waiting.IN_PROGRESS.clear();
      latestOrders = ["", ""];
    },
  };
}
