import type { Problems } from "#platform/service.ts";

/** Every "no" of stock. */
export const problems = {
  "stock.sold_out": {
    status: 409,
    ko: "{name}의 재고가 {left}개 남아 이 수량을 담을 수 없습니다.",
    en: "Only {left} of {name} are left.",
  },
  "stock.unknown_sku": { status: 422, ko: "없는 상품입니다.", en: "There is no such SKU." },
  "stock.reservation_over": {
    status: 409,
    ko: "이 주문의 재고 예약은 이미 끝났습니다.",
    en: "This order's reservation is over.",
  },
  "stock.store_not_found": { status: 404, ko: "가게를 찾을 수 없습니다.", en: "The store was not found." },
  "stock.not_found": { status: 404, ko: "재고를 찾을 수 없습니다.", en: "The stock was not found." },
  "stock.cursor_invalid": {
    status: 422,
    ko: "커서가 올바르지 않습니다. 첫 쪽부터 다시 보세요.",
    en: "The cursor is not valid. Start again from the first page.",
  },
  "stock.amount_needed": {
    status: 422,
    ko: "무제한(unlimited: true) 또는 수량(available) 가운데 하나만 정해 주세요.",
    en: "Say either unlimited: true or how many are available.",
  },
  "stock.changed": {
    status: 409,
    ko: "그 사이에 재고가 바뀌었습니다. 다시 보고 맞춰 주세요.",
    en: "The stock has changed since. Look again and adjust.",
  },
} as const satisfies Problems;
