import type { Problems } from "#platform/service.ts";

export const problems = {
  "item.not_found": { status: 404, ko: "상품을 찾을 수 없어요.", en: "There is no such item." },
  "item.store_not_found": { status: 404, ko: "가게를 찾을 수 없어요.", en: "There is no such store." },
  "item.store_closed": {
    status: 409,
    ko: "폐점한 가게에는 상품을 올릴 수 없어요.",
    en: "A closed store takes no items.",
  },
  "item.version_conflict": {
    status: 409,
    ko: "그사이 상품이 바뀌었어요. (지금 판: {version}) 다시 읽고 고쳐 주세요.",
    en: "The item has changed meanwhile (now version {version}). Please read it again and edit that.",
  },
  "item.wrong_state": {
    status: 409,
    ko: "지금 상태({status})에서는 할 수 없어요.",
    en: "This cannot be done in the item's state ({status}).",
  },
  "item.name_blank": { status: 422, ko: "상품 이름을 적어 주세요.", en: "An item needs a name." },
  "item.category_not_found": { status: 422, ko: "없는 분류예요.", en: "There is no such category." },
  "item.choice_range": {
    status: 422,
    ko: "옵션에서 고를 수 있는 개수를 확인해 주세요. 최소 ≤ 최대 ≤ 옵션 수여야 해요. ({field})",
    en: "Please check how many options may be chosen: min ≤ max ≤ the number of options. ({field})",
  },
  "item.option_unknown": {
    status: 422,
    ko: "이 상품에 없는 옵션이거나 두 번 적힌 옵션이에요. ({field})",
    en: "This option does not belong to the item, or is named twice. ({field})",
  },
  "item.stocked_is_for_goods": {
    status: 422,
    ko: "옵션별 재고는 상품에서만 쓸 수 있어요.",
    en: "Only options of goods can have a stock of their own.",
  },
  "item.price_below_zero": {
    status: 422,
    ko: "옵션을 고르면 가격이 0원보다 낮아질 수 있어요.",
    en: "A choice of options would make the price negative.",
  },
  "item.cursor_invalid": {
    status: 422,
    ko: "쪽 위치(cursor)가 올바르지 않아요. 처음부터 다시 찾아 주세요.",
    en: "The cursor is not valid. Please start from the first page.",
  },
} as const satisfies Problems;
