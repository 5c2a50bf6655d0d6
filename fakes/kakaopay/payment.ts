import { isWon, vatInside } from "../shared/won.ts";
import type { KakaoRefusal } from "./errors.ts";

/** The statuses of PAYMENT-GATEWAYS.md §2 that this fake can reach. */
export type KakaoStatus =
  | "READY"
  | "OPEN_PAYMENT"
  | "AUTH_PASSWORD"
  | "SUCCESS_PAYMENT"
  | "PART_CANCEL_PAYMENT"
  | "CANCEL_PAYMENT"
  | "QUIT_PAYMENT"
  | "FAIL_PAYMENT";

export type KakaoAction = {
  aid: string;
  type: "PAYMENT" | "CANCEL";
  amount: number;
  taxFree: number;
  vat: number;
  atMs: number;
  payload: string | undefined;
};

/** What `ready` was asked for, as it was sent. Amounts are won. */
export type ReadyInput = {
  partner_order_id: string;
  partner_user_id: string;
  item_name: string;
  item_code?: string;
  quantity: number;
  total_amount: number;
  tax_free_amount: number;
  vat_amount: number;
  approval_url: string;
  cancel_url: string;
  fail_url: string;
  payment_method_type: "CARD" | "MONEY";
};

/** One payment. It is never changed in place. The last action is the newest. */
export type KakaoPayment = {
  tid: string;
  cid: string;
  ready: ReadyInput;
  status: KakaoStatus;
  pgToken?: string;
  createdAtMs: number;
  approvedAtMs?: number;
  actions: readonly KakaoAction[];
};

/** Lifetime of a tid until it is approved. Not documented; fifteen minutes are this fake's choice. */
export const tidLifeMs = 15 * 60 * 1000;

/** Won given back so far. */
export function canceledAmount(payment: KakaoPayment): number {
  return payment.actions.reduce((sum, action) => (action.type === "CANCEL" ? sum + action.amount : sum), 0);
}

/** Won that can still be given back. */
export function cancelAvailable(payment: KakaoPayment): number {
  return payment.approvedAtMs === undefined ? 0 : payment.ready.total_amount - canceledAmount(payment);
}

/** True while the buyer may still choose what to do. */
export function isOpen(payment: KakaoPayment): boolean {
  return payment.status === "READY" || payment.status === "OPEN_PAYMENT";
}

/** True once an unapproved payment's time is over. */
export function isOverdue(payment: KakaoPayment, nowMs: number): boolean {
  return (isOpen(payment) || payment.status === "AUTH_PASSWORD") && nowMs - payment.createdAtMs >= tidLifeMs;
}

export type ApproveInput = {
  partner_order_id: string;
  partner_user_id: string;
  pg_token: string;
  total_amount?: number;
  payload?: string;
};

/** Why an approval cannot happen, or undefined. A pg_token works once: afterwards the payment is no longer waiting. */
export function refuseApprove(payment: KakaoPayment, input: ApproveInput): KakaoRefusal | undefined {
  if (payment.ready.partner_order_id !== input.partner_order_id) return { error: "wrong_order" };
  if (payment.ready.partner_user_id !== input.partner_user_id) return { error: "wrong_user" };
  if (payment.approvedAtMs !== undefined) return { error: "already_approved" };
  if (isOpen(payment)) return { error: "not_authenticated" };
  if (payment.status !== "AUTH_PASSWORD") return { error: "expired" };
  if (payment.pgToken !== input.pg_token) return { error: "wrong_token" };
  if (input.total_amount !== undefined && input.total_amount !== payment.ready.total_amount) {
    return { error: "wrong_amount" };
  }
  return undefined;
}

/** AUTH_PASSWORD → SUCCESS_PAYMENT: the whole amount is captured. */
export function approve(payment: KakaoPayment, action: { aid: string; atMs: number; payload: string | undefined }) {
  const { total_amount, tax_free_amount, vat_amount } = payment.ready;
  const amounts = { amount: total_amount, taxFree: tax_free_amount, vat: vat_amount };
  const paid: KakaoAction = { type: "PAYMENT", ...action, ...amounts };
  return { ...payment, status: "SUCCESS_PAYMENT" as const, approvedAtMs: action.atMs, actions: [paid] };
}

export type CancelInput = {
  cancel_amount: number;
  cancel_tax_free_amount: number;
  cancel_vat_amount?: number;
  /** The guard: what must be available, this cancel included. */
  cancel_available_amount?: number;
  payload?: string;
};

/** Why a cancel cannot happen, or undefined. */
export function refuseCancel(payment: KakaoPayment, input: CancelInput): KakaoRefusal | undefined {
  const available = cancelAvailable(payment);
  if (input.cancel_available_amount !== undefined && input.cancel_available_amount !== available) {
    return { error: "wrong_amount" };
  }
  if (!isWon(input.cancel_amount) || input.cancel_amount > available) return { error: "amount_not_available" };
  const taxFreeUsed = payment.actions.reduce((sum, one) => (one.type === "CANCEL" ? sum + one.taxFree : sum), 0);
  const taxFreeLeft = Math.min(input.cancel_amount, payment.ready.tax_free_amount - taxFreeUsed);
  return input.cancel_tax_free_amount > taxFreeLeft ? { error: "wrong_amount" } : undefined;
}

/** Gives money back; nothing left → CANCEL_PAYMENT, otherwise PART_CANCEL_PAYMENT. There is no idempotency. */
export function cancel(payment: KakaoPayment, input: CancelInput, aid: string, atMs: number): KakaoPayment {
  const action: KakaoAction = {
    aid,
    type: "CANCEL",
    amount: input.cancel_amount,
    taxFree: input.cancel_tax_free_amount,
    vat: input.cancel_vat_amount ?? vatInside(input.cancel_amount, input.cancel_tax_free_amount),
    atMs,
    payload: input.payload,
  };
  const isAllBack = cancelAvailable(payment) === input.cancel_amount;
  const status = isAllBack ? ("CANCEL_PAYMENT" as const) : ("PART_CANCEL_PAYMENT" as const);
  return { ...payment, status, actions: [...payment.actions, action] };
}
