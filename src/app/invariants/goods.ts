import type { Invariant } from "./invariant.ts";

/** Each part of each order beside what stock holds for its lines. */
const held = `(
  select o.key as order_id, o.data ->> 'paidAt' as paid_at, (o.data ->> 'isSecured')::boolean as is_secured,
    (o.data ->> 'isHeld')::boolean as is_held, part ->> 'status' as status,
    line ->> 'orderLineId' as line_id,
    (select array_agg(distinct reserved ->> 'status')
      from json_array_elements(r.data -> 'lines') lines(reserved)
      where reserved ->> 'orderLineId' = line ->> 'orderLineId') as stock
  from "order".states o
  cross join json_array_elements(o.data -> 'storeOrders') parts(part)
  cross join json_array_elements(part -> 'lines') lines(line)
  left join stock.states r on r.key = 'reservation:' || o.key
  where o.key like 'ord\\_%' and json_array_length(line -> 'skuIds') > 0)`;

/** Where the order's story and the one of the shelf must be one. */
export const goodsInvariants: readonly Invariant[] = [
  {
    id: "I7.stock_follows_order",
    ko: "재고 확정 ⇔ 결제된 주문의 살아 있는 부분",
    en: "Stock is committed for the living parts of paid orders, and held for nothing that is over",
    atRest: true,
    sql: `select h.order_id, h.line_id, h.status, h.stock from ${held} h
      where case
        when not h.is_held then h.stock is not null
        when h.status in ('CANCELLED', 'REJECTED') then h.stock && array['PENDING', 'COMMITTED']
        when h.paid_at is not null and h.status <> 'CANCELLING' then h.stock is distinct from array['COMMITTED']
        when h.status in ('PENDING_PAYMENT', 'PAYMENT_FAILED') then h.stock is distinct from array['PENDING']
        else false end`,
  },
];
