/** What must hold in the database of stock at any instant. Each query returns the rows that offend; none is healthy. */
export const invariants = [
  {
    id: "stock.never_negative",
    ko: "재고는 음수가 될 수 없다 (D1)",
    en: "No counter of a SKU is negative (D1)",
    sql: "select key, available, reserved from stock.states where available < 0 or reserved < 0",
  },
  {
    id: "stock.facts_add_up",
    ko: "재고 사실의 합 = 예약 가능 + 예약됨 (D7)",
    en: "The facts of a SKU add up to available + reserved (D7)",
    sql: `select skus.key, skus.available + skus.reserved as row, coalesce(sums.pieces, 0) as facts
      from stock.states skus
      left join (
        select stream, sum(case type
            when 'SkuAdjusted' then (data ->> 'delta')::bigint
            when 'StockCommitted' then -(data ->> 'quantity')::bigint
            when 'StockReturned' then (data ->> 'quantity')::bigint
            else 0 end) as pieces
        from stock.facts where stream not like 'reservation:%' group by stream
      ) sums on sums.stream = skus.key
      where skus.store_id is not null and skus.available + skus.reserved <> coalesce(sums.pieces, 0)`,
  },
  {
    id: "stock.reserved_is_pending",
    ko: "예약된 수량 = 살아 있는 예약 줄의 합",
    en: "Reserved pieces are those of the lines still pending",
    sql: `select skus.key, skus.reserved, coalesce(sums.pieces, 0) as pending
      from stock.states skus
      left join (
        select line ->> 'skuId' as sku, sum((line ->> 'quantity')::bigint) as pieces
        from stock.states, json_array_elements(data -> 'lines') line
        where pending_until is not null and line ->> 'status' = 'PENDING' and (line ->> 'counted')::boolean
        group by 1
      ) sums on sums.sku = skus.key
      where skus.store_id is not null and skus.reserved <> coalesce(sums.pieces, 0)`,
  },
  {
    id: "stock.sold_is_committed",
    ko: "팔린 수량 = 확정된 예약 줄의 합 (폐기 포함)",
    en: "Sold pieces are those of the committed lines, written-off ones among them",
    sql: `select skus.key, (skus.data ->> 'committed')::bigint - (skus.data ->> 'returned')::bigint as sold,
        coalesce(sums.pieces, 0) as committed
      from stock.states skus
      left join (
        select line ->> 'skuId' as sku, sum((line ->> 'quantity')::bigint) as pieces
        from stock.states, json_array_elements(data -> 'lines') line
        where key like 'reservation:%' and (line ->> 'counted')::boolean
          and (line ->> 'status' = 'COMMITTED' or line ->> 'restocked' = 'false')
        group by 1
      ) sums on sums.sku = skus.key
      where skus.store_id is not null
        and (skus.data ->> 'committed')::bigint - (skus.data ->> 'returned')::bigint <> coalesce(sums.pieces, 0)`,
  },
  {
    id: "stock.facets_tell_the_row",
    ko: "제약이 보는 값 = 행의 값",
    en: "What the constraints look at is what the row says",
    sql: `select key, available, reserved, pending_until from stock.states
      where (key not like 'reservation:%' and ((data ->> 'available')::bigint, (data ->> 'reserved')::bigint)
          is distinct from (available, reserved))
        or (data ->> 'status' = 'PENDING') is distinct from (pending_until is not null) and key like 'reservation:%'`,
  },
] as const;
