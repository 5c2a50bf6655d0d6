import { seoulTime } from "../shared/clock.ts";
import type { Random } from "../shared/random.ts";
import type { CancelInput, Refusal, TossPayment } from "./payment.ts";
import * as rules from "./payment.ts";
import { createStore, type Effect, type StoreWorld } from "./store.ts";

export type OpenInput = { orderId: string; amount: number; orderName?: string; taxFreeAmount?: number };
export type ConfirmInput = { paymentKey: string; orderId: string; amount: number };

/** What caused a change; the webhook faults are ordered by these names. */
export type Cause = "confirm" | "cancel" | "authorize" | "expire";

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

/** `onChange` hears each new status that Toss announces by webhook. */
type World = StoreWorld & { random: Random; onChange?: (payment: TossPayment, cause: Cause) => void };
type Change = (payment: TossPayment, effect: Effect, cause: Cause, scope?: string) => TossPayment;
type Current = (payment: TossPayment | undefined) => TossPayment | undefined;

/** Makes the state machine over a store of payments. */
export function createTossState(world: World): TossState {
  const { clock, random } = world;
  const store = createStore(world);
  const change: Change = (payment, effect, cause, scope) => {
    store.change(payment, effect, scope);
    world.onChange?.(payment, cause);
    return payment;
  };
  /** The payment as of now: a session whose time is over becomes EXPIRED before anybody sees it. */
  const current: Current = (payment) => {
    if (payment === undefined || !rules.isOverdue(payment, clock.now())) return payment;
    return change(rules.expire(payment), "none", "expire");
  };
  const byKey = (paymentKey: string) => current(store.byKey(paymentKey));
  return {
    open: (input) => store.change(newSession(input, random, clock.now()), "none"),
    authenticate(paymentKey) {
      const payment = byKey(paymentKey);
      if (payment === undefined) return { code: "NOT_FOUND_PAYMENT" };
      const next = rules.authenticate(payment, clock.now());
      return "code" in next ? next : store.change(next, "none");
    },
    abortInWindow(paymentKey, code) {
      const payment = byKey(paymentKey);
      if (payment?.status !== "READY") return { code: "NOT_FOUND_PAYMENT_SESSION" };
      return change(rules.abort(payment, code), "none", "authorize");
    },
    confirm(input, more) {
      const payment = byKey(input.paymentKey);
      if (payment === undefined) return { code: "NOT_FOUND_PAYMENT" };
      const refusal = rules.refuseConfirm(payment, input, clock.now());
      if (refusal !== undefined) return refusal;
      if (store.byOrder(payment.orderId)?.approvedAtMs !== undefined) return { code: "DUPLICATED_ORDER_ID" };
      if (more?.declineCode !== undefined) {
        change(rules.abort(payment, more.declineCode), "none", "confirm");
        return { code: more.declineCode };
      }
      const approved = rules.approve(payment, {
        approveNo: random.digits(8),
        transactionKey: newTransactionKey(random),
        nowMs: clock.now(),
      });
      return change(approved, "capture", "confirm", more?.scope);
    },
    cancel(paymentKey, input, more) {
      const payment = byKey(paymentKey);
      if (payment === undefined) return { code: "NOT_FOUND_PAYMENT" };
      const refusal = rules.refuseCancel(payment, input, clock.now());
      if (refusal !== undefined) return refusal;
      const cancelled = rules.cancel(payment, input, newTransactionKey(random), clock.now());
      return change(cancelled, "refund", "cancel", more?.scope);
    },
    byKey,
    byOrder: (orderId) => current(store.byOrder(orderId)),
    expireOverdue() {
      for (const keys of store.waiting) for (const key of keys) if (byKey(key)?.status !== "EXPIRED") break;
    },
    ...{ otherThan: store.otherThan, durable: store.durable, clear: store.clear, close: store.close },
  };
}

function newTransactionKey(random: Random): string {
  return random.hexadecimal(32).toUpperCase();
}

function newSession(input: OpenInput, random: Random, nowMs: number): TossPayment {
  const stamp = seoulTime(nowMs).replace(/[-T:]/g, "");
  return {
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
}
