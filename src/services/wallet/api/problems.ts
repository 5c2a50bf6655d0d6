import type { Problems } from "#platform/service.ts";

/** Every "no" of wallet. */
export const problems = {
  "wallet.capture_not_posted": {
    status: 409,
    ko: "결제가 아직 장부에 오르지 않았습니다. 잠시 후 다시 시도해 주세요.",
    en: "The payment is not in the ledger yet. Try again in a moment.",
  },
  "wallet.refund_exceeds": {
    status: 422,
    ko: "환불할 수 있는 금액은 {left}원입니다.",
    en: "Only {left} won of this line can be refunded.",
  },
  "wallet.order_not_found": {
    status: 404,
    ko: "이 주문의 장부가 없습니다.",
    en: "The ledger has nothing on this order.",
  },
  "wallet.cursor_invalid": {
    status: 422,
    ko: "커서가 올바르지 않습니다. 첫 쪽부터 다시 보세요.",
    en: "The cursor is not valid. Start again from the first page.",
  },
} as const satisfies Problems;
