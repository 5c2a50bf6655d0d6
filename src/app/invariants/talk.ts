import type { Invariant } from "./invariant.ts";

/** Where what people say and what they ordered must be one. */
export const talkInvariants: readonly Invariant[] = [
  {
    id: "chat.order_rooms_are_of_the_order",
    ko: "주문 대화방의 두 사람은 그 주문의 구매자와 판매자다",
    en: "The two people of an order's room are the buyer and the seller of that order",
    sql: `select room.key, room.data ->> 'storeOrderId' as store_order
      from chat.states room left join "order".states o on o.key = room.data ->> 'orderId'
      where room.data ->> 'kind' = 'ORDER' and not coalesce(o.buyer_id = room.buyer_id and exists (
        select from json_array_elements(o.data -> 'storeOrders') parts(part)
        where part ->> 'storeOrderId' = room.data ->> 'storeOrderId' and part ->> 'sellerId' = room.seller_id), false)`,
  },
];
