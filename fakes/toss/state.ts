import { type Book, openBook } from "../shared/book.ts";
import { type Clock, seoulTime } from "../shared/clock.ts";
import type { Random } from "../shared/random.ts";
import type { Truth } from "../shared/truth.ts";
import type { CancelInput, Refusal, TossPayment } from "./payment.ts";
import * as rules from "./payment.ts";

export type OpenInput = { orderId: string; amount: number; orderName?: string; taxFreeAmount?: number };
export type ConfirmInput = { paymentKey: string; orderId: string; amount: number };

/** What caused a change; the webhook faults are ordered by these names. */
export type Cause = "confirm" | "cancel" | "authorize" | "expire";

type BookLine = { effect: "capture" | "refund" | "none"; payment: TossPayment; scope?: string; atMs?: number };

/** All payments of one fake Toss. Each call is one synchronous step; a change that moves money is told to the truth. */
export type TossState = {
  open(input: OpenInput): TossPayment;
  authenticate(paymentKey: string): TossPayment | Refusal;
  /** The window's own no: READY → ABORTED. */
  abortInWindow(paymentKey: string, code: string): TossPayment | Refusal;
  /** `declineCode` replaces an approval by a refusal of the card company. `scope` goes to the book with the effect. */
  confirm(input: ConfirmInput, more?: { declineCode?: string; scope?: string }): TossPayment | Refusal;
  cancel(paymentKey: string, input: CancelInput, more?: { scope?: string }): TossPayment | Refusal;
  byKey(paymentKey: string): TossPayment | undefined;
  /** The approved payment of an order, otherwise the latest try. */
  byOrder(orderId: string): TossPayment | undefined;
  /** The latest payment of another order. */
  otherThan(orderId: unknown): TossPayment | undefined;
  /** Ends sessions whose time is over. */
  expireOverdue(): void;
  durable(): Promise<void> | undefined;
  clear(): void;
  close(): Promise<void>;
};

/**
 * Makes the state machine. `onChange` hears each new status that Toss announces by webhook; `onRestore` hears each
 * answer that an idempotency key must still remember after a restart on the same book.
 */
export function createTossState(world: {
  clock: Clock;
  random: Random;
  truth: Truth;
  bookFolder?: string;
  onChange?: (payment: TossPayment, cause: Cause) => void;
  onRestore?: (scope: string, payment: TossPayment, atMs: number) => void;
}): TossState {
  const { clock, random, truth } = world;
  const payments = new Map<string, TossPayment>();
  const keyOfOrder = new Map<string, string>();
  // Sessions in the order in which they end, so that looking for overdue ones costs nothing when there are none.
  const waiting = { READY: new Map<string, true>(), IN_PROGRESS: new Map<string, true>() };
  let latestOrders: [string, string] = ["", ""];

  const store = (payment: TossPayment): void => {
    payments.set(payment.paymentKey, payment);
    const known = payments.get(keyOfOrder.get(payment.orderId) ?? "");
    if (known?.approvedAtMs === undefined) keyOfOrder.set(payment.orderId, payment.paymentKey);
    if (latestOrders[1] !== payment.orderId) latestOrders = [latestOrders[1], payment.orderId];
    waiting.READY.delete(payment.paymentKey);
    waiting.IN_PROGRESS.delete(payment.paymentKey);
    if (payment.status === "READY" || payment.status === "IN_PROGRESS") {
      waiting[payment.status].set(payment.paymentKey, true);
    }
  };
  const tellTruth = (effect: BookLine["effect"], payment: TossPayment): void => {
    if (effect === "capture") truth.capture(payment.orderId, payment.paymentKey, payment.totalAmount);
    const last = payment.cancels.at(-1);
    if (effect !== "refund" || last === undefined) return;
    const at = new Date(last.canceledAtMs).toISOString();
    truth.refund(payment.orderId, payment.paymentKey, {
      amount: last.cancelAmount,
      transactionKey: last.transactionKey,
      at,
    });
  };
  const replay = (line: unknown): void => {
    const { effect, payment, scope, atMs } = line as BookLine;
    store(payment);
    tellTruth(effect, payment);
    if (scope !== undefined) world.onRestore?.(scope, payment, atMs ?? 0);
  };
  const book: Book | undefined =
    world.bookFolder === undefined ? undefined : openBook(world.bookFolder, "toss", replay);

  const change = (payment: TossPayment, effect: BookLine["effect"], cause?: Cause, scope?: string): TossPayment => {
    store(payment);
    tellTruth(effect, payment);
    book?.append({ effect, payment, ...(scope === undefined ? {} : { scope, atMs: clock.now() }) });
    if (cause !== undefined) world.onChange?.(payment, cause);
    return payment;
  };
  /** The payment as of now: a session whose time is over becomes EXPIRED before anybody sees it. */
  const current = (paymentKey: string): TossPayment | undefined => {
    const payment = payments.get(paymentKey);
    if (payment === undefined || !rules.isOverdue(payment, clock.now())) return payment;
    return change(rules.expire(payment), "none", "expire");
  };
  const transactionKey = (): string => random.hexadecimal(32).toUpperCase();

  return {
    open(input) {
      const nowMs = clock.now();
      const stamp = seoulTime(nowMs).replace(/[-T:]/g, "");
      const payment: TossPayment = {
        paymentKey: `tgen_${stamp}${random.text(10)}`,
        orderId: input.orderId,
        orderName: input.orderName ?? "가짜 주문",
        totalAmount: input.amount,
        balanceAmount: input.amount,
        taxFreeAmount: input.taxFreeAmount ?? 0,
        status: "READY",
        secret: `ps_${random.text(20)}`,
        requestedAtMs: nowMs,
        cancels: [],
      };
      return change(payment, "none");
    },
    authenticate(paymentKey) {
      const payment = current(paymentKey);
      if (payment === undefined) return { code: "NOT_FOUND_PAYMENT" };
      const next = rules.authenticate(payment, clock.now());
      return "code" in next ? next : change(next, "none");
    },
    abortInWindow(paymentKey, code) {
      const payment = current(paymentKey);
      if (payment?.status !== "READY") return { code: "NOT_FOUND_PAYMENT_SESSION" };
      return change(rules.abort(payment, code), "none", "authorize");
    },
    confirm(input, more) {
      const payment = current(input.paymentKey);
      if (payment === undefined) return { code: "NOT_FOUND_PAYMENT" };
      const nowMs = clock.now();
      const refusal = rules.refuseConfirm(payment, input, nowMs);
      if (refusal !== undefined) return refusal;
      const known = payments.get(keyOfOrder.get(payment.orderId)!);
      if (known?.approvedAtMs !== undefined) return { code: "DUPLICATED_ORDER_ID" };
      if (more?.declineCode !== undefined) {
        change(rules.abort(payment, more.declineCode), "none", "confirm");
        return { code: more.declineCode };
      }
      const approval = { approveNo: random.digits(8), transactionKey: transactionKey(), nowMs };
      return change(rules.approve(payment, approval), "capture", "confirm", more?.scope);
    },
    cancel(paymentKey, input, more) {
      const payment = current(paymentKey);
      if (payment === undefined) return { code: "NOT_FOUND_PAYMENT" };
      const nowMs = clock.now();
      const refusal = rules.refuseCancel(payment, input, nowMs);
      if (refusal !== undefined) return refusal;
      return change(rules.cancel(payment, input, transactionKey(), nowMs), "refund", "cancel", more?.scope);
    },
    byKey: current,
    byOrder: (orderId) => current(keyOfOrder.get(orderId) ?? ""),
    otherThan(orderId) {
      const other = latestOrders[1] === orderId ? latestOrders[0] : latestOrders[1];
      return payments.get(keyOfOrder.get(other) ?? "");
    },
    expireOverdue() {
      for (const sessions of [waiting.READY, waiting.IN_PROGRESS]) {
        for (const paymentKey of sessions.keys()) if (current(paymentKey)?.status !== "EXPIRED") break;
      }
    },
    durable: () => book?.durable(),
    clear() {
      payments.clear();
      keyOfOrder.clear();
      waiting.READY.clear();
      waiting.IN_PROGRESS.clear();
      latestOrders = ["", ""];
      book?.clear();
    },
    close: async () => book?.close(),
  };
}
