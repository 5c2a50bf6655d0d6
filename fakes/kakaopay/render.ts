import { seoulTime } from "../shared/clock.ts";
import { cancelAvailable, type KakaoAction, type KakaoPayment } from "./payment.ts";

/** Fields that may be missing from some answer (§2); the fault `nulls` empties them. */
export const nullableFields = [
  ...["sid", "payment_method_type", "card_info", "selected_card_info", "item_code", "payload", "approved_at"],
  ...["canceled_at", "canceled_amount", "payment_action_details", "next_redirect_app_url", "android_app_scheme"],
  ...["ios_app_scheme"],
] as const;

type Amount = { total: number; tax_free: number; vat: number; point: number; discount: number; green_deposit: number };

function amount(total: number, taxFree: number, vat: number): Amount {
  return { total, tax_free: taxFree, vat, point: 0, discount: 0, green_deposit: 0 };
}

function sum(actions: readonly KakaoAction[], type: KakaoAction["type"]): Amount {
  const of = actions.filter((action) => action.type === type);
  const add = (pick: (action: KakaoAction) => number) => of.reduce((total, action) => total + pick(action), 0);
  return amount(
    add((action) => action.amount),
    add((action) => action.taxFree),
    add((action) => action.vat),
  );
}

/** The answer to `ready`. The three pages are one page here; a phone and a desktop see the same. */
export function renderReady(payment: KakaoPayment, baseUrl: string): Record<string, unknown> {
  const page = `${baseUrl}/pay/${payment.tid}`;
  return {
    tid: payment.tid,
    next_redirect_app_url: page,
    next_redirect_mobile_url: page,
    next_redirect_pc_url: page,
    android_app_scheme: `kakaotalk://kakaopay/pg?url=${page}`,
    ios_app_scheme: `kakaotalk://kakaopay/pg?url=${page}`,
    created_at: seoulTime(payment.createdAtMs),
  };
}

/** What approve, cancel and order have in common. Times are Seoul's and carry no offset. */
function common(payment: KakaoPayment): Record<string, unknown> {
  const { ready } = payment;
  return {
    tid: payment.tid,
    cid: payment.cid,
    partner_order_id: ready.partner_order_id,
    partner_user_id: ready.partner_user_id,
    payment_method_type: ready.payment_method_type,
    item_name: ready.item_name,
    item_code: ready.item_code ?? "",
    quantity: ready.quantity,
    amount: amount(ready.total_amount, ready.tax_free_amount, ready.vat_amount),
    created_at: seoulTime(payment.createdAtMs),
    ...(payment.approvedAtMs === undefined ? {} : { approved_at: seoulTime(payment.approvedAtMs) }),
  };
}

/** The answer to `approve`. */
export function renderApproved(payment: KakaoPayment): Record<string, unknown> {
  const paid = payment.actions[0]!;
  const isCard = payment.ready.payment_method_type === "CARD";
  return {
    aid: paid.aid,
    ...common(payment),
    ...(isCard ? { card_info: cardInfo(paid.aid) } : {}),
    ...(paid.payload === undefined ? {} : { payload: paid.payload }),
  };
}

function cardInfo(aid: string): Record<string, string> {
  return {
    purchase_corp: "비씨카드",
    purchase_corp_code: "104",
    issuer_corp: "국민카드",
    issuer_corp_code: "101",
    bin: "941000",
    card_type: "신용",
    install_month: "00",
    approved_id: aid.slice(1, 9),
    card_mid: "000000000",
    interest_free_install: "N",
    card_item_code: "00000",
  };
}

/** The answer to `cancel`: `approved_cancel_amount` is this cancel, `canceled_amount` all of them. */
export function renderCancelled(payment: KakaoPayment): Record<string, unknown> {
  const last = payment.actions.at(-1)!;
  return {
    aid: last.aid,
    status: payment.status,
    ...common(payment),
    approved_cancel_amount: amount(last.amount, last.taxFree, last.vat),
    ...cancelState(payment),
    ...(last.payload === undefined ? {} : { payload: last.payload }),
  };
}

/** The answer to `order`: the only way to find out what became of a lost answer. */
export function renderOrder(payment: KakaoPayment): Record<string, unknown> {
  return {
    status: payment.status,
    ...common(payment),
    ...cancelState(payment),
    payment_action_details: payment.actions.map((action) => ({
      aid: action.aid,
      approved_at: seoulTime(action.atMs),
      amount: action.amount,
      point_amount: 0,
      discount_amount: 0,
      green_deposit: 0,
      payment_action_type: action.type,
      payload: action.payload ?? "",
    })),
  };
}

function cancelState(payment: KakaoPayment): Record<string, unknown> {
  const { tax_free_amount, vat_amount } = payment.ready;
  const canceled = sum(payment.actions, "CANCEL");
  const isApproved = payment.approvedAtMs !== undefined;
  const left = isApproved
    ? amount(cancelAvailable(payment), tax_free_amount - canceled.tax_free, vat_amount - canceled.vat)
    : amount(0, 0, 0);
  const last = payment.actions.at(-1);
  return {
    canceled_amount: canceled,
    cancel_available_amount: left,
    ...(last?.type === "CANCEL" ? { canceled_at: seoulTime(last.atMs) } : {}),
  };
}
