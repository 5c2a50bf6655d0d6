import { isWon, vatInside } from "../shared/won.ts";
import type { KakaoRefusal } from "./errors.ts";
import type { ApproveInput, CancelInput, ReadyInput } from "./payment.ts";

type Body = Record<string, unknown>;
const invalid: KakaoRefusal = { error: "invalid_request" };

function isText(value: unknown, lengthMax: number): value is string {
  return typeof value === "string" && value !== "" && value.length <= lengthMax;
}

function isUrl(value: unknown): value is string {
  return isText(value, 255) && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}

/** Reads the body of `ready` with the lengths of §2. */
export function readReady(body: Body): ReadyInput | KakaoRefusal {
  const { partner_order_id, partner_user_id, item_name, item_code, quantity, payment_method_type } = body;
  const { total_amount, tax_free_amount, vat_amount, approval_url, cancel_url, fail_url } = body;
  if (!isText(partner_order_id, 100) || !isText(partner_user_id, 100) || !isText(item_name, 100)) return invalid;
  if (item_code !== undefined && !isText(item_code, 100)) return invalid;
  if (!isWon(quantity) || !isWon(total_amount) || !isWon(tax_free_amount, 0)) return invalid;
  if (tax_free_amount > total_amount || (vat_amount !== undefined && !isWon(vat_amount, 0))) return invalid;
  if (!isUrl(approval_url) || !isUrl(cancel_url) || !isUrl(fail_url)) return invalid;
  if (![undefined, "CARD", "MONEY"].includes(payment_method_type as string | undefined)) return invalid;
  return {
    partner_order_id,
    partner_user_id,
    item_name,
    ...(item_code === undefined ? {} : { item_code }),
    quantity,
    total_amount,
    tax_free_amount,
    vat_amount: vat_amount ?? vatInside(total_amount, tax_free_amount),
    approval_url,
    cancel_url,
    fail_url,
    payment_method_type: payment_method_type === "MONEY" ? "MONEY" : "CARD",
  };
}

/** Reads the body of `approve`; the tid is looked up by the caller. */
export function readApprove(body: Body): ApproveInput | KakaoRefusal {
  const { partner_order_id, partner_user_id, pg_token, total_amount, payload } = body;
  if (!isText(partner_order_id, 100) || !isText(partner_user_id, 100) || !isText(pg_token, 255)) return invalid;
  if (total_amount !== undefined && !isWon(total_amount)) return invalid;
  if (payload !== undefined && !isText(payload, 200)) return invalid;
  return {
    partner_order_id,
    partner_user_id,
    pg_token,
    ...(total_amount === undefined ? {} : { total_amount }),
    ...(payload === undefined ? {} : { payload }),
  };
}

/** Reads the body of `cancel`. */
export function readCancel(body: Body): CancelInput | KakaoRefusal {
  const { cancel_amount, cancel_tax_free_amount, cancel_vat_amount, cancel_available_amount, payload } = body;
  if (!isWon(cancel_amount) || !isWon(cancel_tax_free_amount, 0)) return invalid;
  if (cancel_vat_amount !== undefined && !isWon(cancel_vat_amount, 0)) return invalid;
  if (cancel_available_amount !== undefined && !isWon(cancel_available_amount, 0)) return invalid;
  if (payload !== undefined && !isText(payload, 200)) return invalid;
  return {
    cancel_amount,
    cancel_tax_free_amount,
    ...(cancel_vat_amount === undefined ? {} : { cancel_vat_amount }),
    ...(cancel_available_amount === undefined ? {} : { cancel_available_amount }),
    ...(payload === undefined ? {} : { payload }),
  };
}
