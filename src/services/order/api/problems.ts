import type { Problems } from "#platform/service.ts";

/** Every "no" of this service: its status and its words. */
export const problems: Problems = {
  "order.not_found": { status: 404, ko: "그런 주문이 없습니다.", en: "There is no such order." },
  "order.store_not_found": { status: 404, ko: "그런 가게가 없습니다.", en: "There is no such store." },
  "order.nothing_to_order": { status: 422, ko: "주문할 것이 없습니다.", en: "There is nothing to order." },
  "order.handover_missing": {
    status: 422,
    ko: "{store}의 음식을 어떻게 받을지 정해 주세요.",
    en: "Say how {store}'s part is to be handed over.",
  },
  "order.handover_surplus": {
    status: 422,
    ko: "주문에 없는 가게이거나 두 번 적힌 가게의 받는 방법이 있습니다.",
    en: "A way of handing over is for a store that is not in the order, or is given twice.",
  },
  "order.item_gone": { status: 422, ko: "더는 팔지 않는 상품이 있습니다.", en: "An item is no longer sold." },
  "order.item_unavailable": {
    status: 422,
    ko: "{name}은(는) 지금 주문할 수 없습니다.",
    en: "{name} cannot be ordered just now.",
  },
  "order.option_invalid": {
    status: 422,
    ko: "{item}에서 고른 옵션을 지금 쓸 수 없습니다.",
    en: "A chosen option of {item} is not available.",
  },
  "order.option_choice": {
    status: 422,
    ko: "{item}의 {group}은(는) {min}~{max}개를 골라야 합니다.",
    en: "Choose {min} to {max} of {group} for {item}.",
  },
  "order.mixed_kinds": {
    status: 422,
    ko: "음식과 상품은 따로 주문해 주세요.",
    en: "Food and goods are ordered separately.",
  },
  "order.one_food_store": {
    status: 422,
    ko: "음식은 한 번에 한 가게에서만 주문할 수 있습니다.",
    en: "Food comes from one store at a time.",
  },
  "order.store_gone": { status: 422, ko: "지금 영업하지 않는 가게입니다.", en: "The store does not sell now." },
  "order.store_closed": {
    status: 422,
    ko: "{store}은(는) 지금 닫혀 있습니다. 다음 영업: {opensAt}",
    en: "{store} is closed. It opens next at {opensAt}.",
  },
  "order.below_minimum": {
    status: 422,
    ko: "{store}의 최소 주문 금액은 {minOrder}원입니다.",
    en: "{store} takes orders from {minOrder} won.",
  },
  "order.fulfilment_not_offered": {
    status: 422,
    ko: "{store}은(는) 그 방법으로 건네지 않습니다.",
    en: "{store} does not hand over that way.",
  },
  "order.address_missing": { status: 422, ko: "받을 주소가 필요합니다.", en: "An address is needed." },
  "order.area_not_served": {
    status: 422,
    ko: "{store}은(는) 그 지역에 배달하지 않습니다.",
    en: "{store} does not deliver to that area.",
  },
  "order.too_much": {
    status: 422,
    ko: "한 번에 주문할 수 있는 금액은 {maximum}원까지입니다.",
    en: "An order may come to {maximum} won at most.",
  },
  "order.price_changed": {
    status: 409,
    ko: "금액이 {expected}원에서 {payable}원으로 바뀌었습니다. 확인하고 다시 주문해 주세요. 결제되지 않았습니다.",
    en: "The total changed from {expected} to {payable} won. Nothing was charged; please look and order again.",
  },
  "order.looks_doubled": {
    status: 409,
    ko: "조금 전에 같은 주문을 넣으셨습니다. 한 번 더 주문하시겠어요?",
    en: "You placed the same order a moment ago. Order it once more?",
  },
  "order.sold_out": {
    status: 409,
    ko: "품절된 상품이 있습니다. 결제되지 않았습니다.",
    en: "Something is sold out. Nothing was charged.",
  },
  "order.could_not_hold": {
    status: 409,
    ko: "주문을 잡아 두지 못했습니다. 결제되지 않았습니다.",
    en: "The order could not be held. Nothing was charged.",
  },
  "order.wrong_state": {
    status: 409,
    ko: "지금 상태({status})에서는 할 수 없습니다.",
    en: "That is not possible in the state {status}.",
  },
  "order.too_late_to_cancel": {
    status: 409,
    ko: "이미 준비가 시작되어 취소할 수 없습니다 ({status}).",
    en: "It is too late to cancel ({status}).",
  },
  "order.already_cancelled": { status: 409, ko: "이미 취소된 주문입니다.", en: "The order is cancelled already." },
  "order.cursor_invalid": { status: 400, ko: "cursor가 올바르지 않습니다.", en: "The cursor is not valid." },
};
