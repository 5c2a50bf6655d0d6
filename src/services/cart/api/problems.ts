import type { Problems } from "#platform/service.ts";

export const problems = {
  "cart.item_not_found": { status: 404, ko: "상품을 찾을 수 없어요.", en: "There is no such item." },
  "cart.item_not_on_sale": {
    status: 409,
    ko: "지금은 팔지 않는 상품이에요: {name}",
    en: "This item is not on sale now: {name}",
  },
  "cart.sold_out": { status: 409, ko: "품절된 상품이에요: {name}", en: "This item is sold out: {name}" },
  "cart.option_not_available": {
    status: 409,
    ko: "고를 수 없는 옵션이에요.",
    en: "This option cannot be chosen.",
  },
  "cart.option_choice": {
    status: 422,
    ko: "{group}에서 {min}개부터 {max}개까지 골라 주세요.",
    en: "Please choose {min} to {max} of {group}.",
  },
  "cart.quantity_limit": {
    status: 422,
    ko: "한 번에 {maximum}개까지 담을 수 있어요.",
    en: "At most {maximum} of one thing fit into the cart.",
  },
  "cart.other_store": {
    status: 409,
    ko: "장바구니에 다른 가게({store})의 음식이 있어요. 비우고 담을까요?",
    en: "The cart holds food of another store ({store}). Shall it be replaced?",
  },
  "cart.full": {
    status: 409,
    ko: "장바구니에는 {maximum}가지까지 담을 수 있어요.",
    en: "The cart holds at most {maximum} different things.",
  },
  "cart.line_not_found": { status: 404, ko: "장바구니에 없는 상품이에요.", en: "This is not in the cart." },
  "cart.empty": { status: 409, ko: "장바구니가 비어 있어요.", en: "The cart is empty." },
  "cart.unseen_changes": {
    status: 409,
    ko: "장바구니에 바뀐 것이 {count}가지 있어요. 확인한 뒤 주문해 주세요.",
    en: "{count} things in the cart have changed. Please look at them before ordering.",
  },
} as const satisfies Problems;
