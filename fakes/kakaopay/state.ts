import { openBook } from "../shared/book.ts";
import type { Clock } from "../shared/clock.ts";
import type { Random } from "../shared/random.ts";
import type { Truth } from "../shared/truth.ts";
import type { KakaoRefusal } from "./errors.ts";
import type { ApproveInput, CancelInput, KakaoPayment, ReadyInput } from "./payment.ts";
import * as rules from "./payment.ts";

type BookLine = { effect: "capture" | "refund" | "none"; payment: KakaoPayment };

/** All payments of one fake KakaoPay. A payment is found by its tid only: there is no look-up by order id. */
export type KakaoState = {
  ready(cid: string, input: ReadyInput): KakaoPayment;
  /** The buyer looks at the page. */
  open(tid: string): KakaoPayment | undefined;
  /** The buyer agrees: a pg_token is made. */
  authenticate(tid: string): KakaoPayment | KakaoRefusal;
  /** The buyer leaves, or the method says no on the page. */
  leave(tid: string, status: "QUIT_PAYMENT" | "FAIL_PAYMENT"): KakaoPayment | KakaoRefusal;
  approve(tid: string, input: ApproveInput, decline?: KakaoRefusal): KakaoPayment | KakaoRefusal;
  cancel(tid: string, input: CancelInput): KakaoPayment | KakaoRefusal;
  byTid(tid: string): KakaoPayment | undefined;
  /** The latest payment of another tid. */
  otherThan(tid: unknown): KakaoPayment | undefined;
  durable(): Promise<void> | undefined;
  clear(): void;
  close(): Promise<void>;
};

type World = { clock: Clock; random: Random; truth: Truth; bookFolder?: string };

/** Makes the state machine over a store of payments. */
export function createKakaoState(world: World): KakaoState {
  const { clock, random } = world;
  const store = createStore(world);
  const current = (tid: string): KakaoPayment | undefined => {
    const payment = store.byTid(tid);
    if (payment === undefined || !rules.isOverdue(payment, clock.now())) return payment;
    return store.change({ ...payment, status: "QUIT_PAYMENT" }, "none");
  };
  const open = (tid: string): KakaoPayment | KakaoRefusal => {
    const payment = current(tid);
    if (payment === undefined) return { error: "unknown_tid" };
    return rules.isOpen(payment) ? payment : { error: "expired" };
  };
  return {
    ready(cid, input) {
      const tid = `T${random.hexadecimal(19)}`;
      const createdAtMs = clock.now();
      return store.change({ tid, cid, ready: input, status: "READY", createdAtMs, actions: [] }, "none");
    },
    open(tid) {
      const payment = open(tid);
      return "error" in payment ? undefined : store.change({ ...payment, status: "OPEN_PAYMENT" }, "none");
    },
    authenticate(tid) {
      const payment = open(tid);
      if ("error" in payment) return payment;
      return store.change({ ...payment, status: "AUTH_PASSWORD", pgToken: random.hexadecimal(20) }, "none");
    },
    leave(tid, status) {
      const payment = open(tid);
      return "error" in payment ? payment : store.change({ ...payment, status }, "none");
    },
    approve(tid, input, decline) {
      const payment = current(tid);
      if (payment === undefined) return { error: "unknown_tid" };
      const refusal = rules.refuseApprove(payment, input);
      if (refusal !== undefined) return refusal;
      if (decline !== undefined) {
        store.change({ ...payment, status: "FAIL_PAYMENT" }, "none");
        return decline;
      }
      const action = { aid: `A${random.hexadecimal(19)}`, atMs: clock.now(), payload: input.payload };
      return store.change(rules.approve(payment, action), "capture");
    },
    cancel(tid, input) {
      const payment = current(tid);
      if (payment === undefined) return { error: "unknown_tid" };
      const refusal = rules.refuseCancel(payment, input);
      if (refusal !== undefined) return refusal;
      return store.change(rules.cancel(payment, input, `A${random.hexadecimal(19)}`, clock.now()), "refund");
    },
    byTid: current,
    otherThan: store.otherThan,
    durable: store.durable,
    clear: store.clear,
    close: store.close,
  };
}

/** The payments by tid, told to the truth and, when there is a folder, to the book. */
function createStore(world: World) {
  const payments = new Map<string, KakaoPayment>();
  let latest: [string, string] = ["", ""];
  const put = ({ payment, effect }: BookLine): void => {
    payments.set(payment.tid, payment);
    if (latest[1] !== payment.tid) latest = [latest[1], payment.tid];
    const action = payment.actions.at(-1);
    if (effect === "none" || action === undefined) return;
    const { partner_order_id } = payment.ready;
    if (effect === "capture") world.truth.capture(partner_order_id, payment.tid, action.amount);
    else {
      const row = { amount: action.amount, transactionKey: action.aid, at: new Date(action.atMs).toISOString() };
      world.truth.refund(partner_order_id, payment.tid, row);
    }
  };
  const folder = world.bookFolder;
  const book = folder === undefined ? undefined : openBook(folder, "kakaopay", (line) => put(line as BookLine));
  return {
    byTid: (tid: string) => payments.get(tid),
    change(payment: KakaoPayment, effect: BookLine["effect"]): KakaoPayment {
      put({ payment, effect });
      book?.append({ payment, effect });
      return payment;
    },
    otherThan: (tid: unknown) => payments.get(latest[1] === tid ? latest[0] : latest[1]),
    durable: () => book?.durable(),
    clear() {
      payments.clear();
      latest = ["", ""];
      book?.clear();
    },
    close: async () => book?.close(),
  };
}
