import type { Problems } from "#platform/service.ts";

/** Every "no" of payment. */
export const problems = {
  "payment.not_found": { status: 404, ko: "결제를 찾을 수 없습니다.", en: "The payment was not found." },
  "payment.attempt_not_found": {
    status: 404,
    ko: "결제 시도를 찾을 수 없습니다. 결제를 다시 시작해 주세요.",
    en: "The attempt was not found. Please start the payment again.",
  },
  "payment.not_open": { status: 409, ko: "이미 결제되었습니다.", en: "It has been paid already." },
  "payment.expired": {
    status: 409,
    ko: "결제 기한이 지났습니다. 주문을 다시 해 주세요.",
    en: "The time to pay has passed. Please order again.",
  },
  "payment.in_progress": {
    status: 409,
    ko: "결제를 확인하고 있습니다. 잠시 뒤에 결과를 확인해 주세요.",
    en: "The payment is being checked. Please look again in a moment.",
  },
  "payment.amount_mismatch": {
    status: 422,
    ko: "결제 금액이 주문 금액과 다릅니다. 결제되지 않았습니다.",
    en: "The amount differs from the order's. Nothing was charged.",
  },
  "payment.token_missing": {
    status: 422,
    ko: "결제대행사가 준 값(paymentKey 또는 pgToken)이 필요합니다.",
    en: "The gateway's paymentKey or pgToken is needed.",
  },
  "payment.declined": { status: 422, ko: "결제가 거절되었습니다. {reason}", en: "The payment was declined. {reason}" },
  "payment.gateway_unavailable": {
    status: 503,
    ko: "지금 이 결제 수단을 쓸 수 없습니다. 다른 수단을 고르거나 잠시 뒤에 다시 시도해 주세요.",
    en: "This way to pay is not available now. Please choose another one or try again in a moment.",
  },
  "payment.refund_exceeds": {
    status: 422,
    ko: "환불할 수 있는 금액을 넘었습니다. (남은 금액 {left}원)",
    en: "The refund exceeds what is left ({left} won).",
  },
  "payment.attempt_decided": {
    status: 409,
    ko: "결과를 모르는 시도만 결정할 수 있습니다.",
    en: "Only an attempt whose outcome is unknown can be decided.",
  },
  "payment.same_operator": {
    status: 409,
    ko: "다른 운영자의 확인이 필요합니다.",
    en: "Another operator has to agree.",
  },
  "payment.cursor_invalid": {
    status: 422,
    ko: "커서가 올바르지 않습니다. 첫 쪽부터 다시 보세요.",
    en: "The cursor is not valid. Start again from the first page.",
  },
} as const satisfies Problems;
