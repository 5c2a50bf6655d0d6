import type { Invariant } from "./invariant.ts";

/** The captured and refunded sums of each payment, beside its order. */
const both = `(
  select o.key as order_id, o.data ->> 'status' as status, o.data ->> 'paidAt' as paid_at,
    (o.data ->> 'payable')::bigint as payable, p.key as payment_id, p.data -> 'capture' as capture,
    coalesce((p.data ->> 'capturedAmount')::bigint, 0) as captured,
    coalesce((select sum((refund ->> 'amount')::bigint) from json_array_elements(p.data -> 'refunds') refunds(refund)
      where refund ->> 'status' = 'COMPLETED'), 0) as refunded,
    (select coalesce(sum((part ->> 'total')::bigint), 0) from json_array_elements(o.data -> 'storeOrders') parts(part)
      where part ->> 'status' not in ('CANCELLED', 'REJECTED')) as living,
    (select coalesce(sum((part ->> 'refunded')::bigint), 0)
      from json_array_elements(o.data -> 'storeOrders') parts(part)) as refunded_by_order
  from "order".states o left join payment.states p on p.key = 'pay_' || substr(o.key, 5)
  where o.key like 'ord\\_%')`;

/** Where the order's story, the payment's and the ledger's must be one. */
export const moneyInvariants: readonly Invariant[] = [
  {
    id: "I3.clearing_is_payments",
    ko: "장부의 PG 미수금 = 승인된 금액 − 돌려준 금액",
    en: "What the ledger says a gateway owes us is what payments say it captured less what it sent back",
    atRest: true,
    sql: `select coalesce(b.account, p.account) as account, b.balance as in_ledger, p.amount as in_payments
      from (select account, balance from wallet.balances where class = 'pg_clearing') b
      full join (
        select 'pg_clearing:' || (data -> 'capture' ->> 'gateway') as account,
          sum((data ->> 'capturedAmount')::bigint - (select coalesce(sum((refund ->> 'amount')::bigint), 0)
            from json_array_elements(data -> 'refunds') refunds(refund) where refund ->> 'status' = 'COMPLETED'))
            as amount
        from payment.states where key like 'pay\\_%' and data -> 'capture' is not null group by 1
      ) p on p.account = b.account
      where coalesce(b.balance, 0) <> coalesce(p.amount, 0)`,
  },
  {
    id: "I3.refund_intent_first",
    ko: "환불은 장부에 먼저 오르고 나서 PG에 보낸다 (J3)",
    en: "A refund stands in the ledger before its gateway is asked (J3)",
    sql: `select attempt ->> 'attemptId' as attempt, attempt ->> 'refundId' as refund, journal.at as posted
      from payment.states pay cross join json_array_elements(pay.data -> 'attempts') as attempts(attempt)
      left join wallet.journals journal on journal.source_type = 'refund' and journal.step = 'J3'
        and journal.source_id = attempt ->> 'refundId'
      where pay.key like 'pay\\_%' and attempt ->> 'operation' = 'cancel'
        and (journal.at is null or journal.at > attempt ->> 'startedAt')`,
  },
  {
    id: "I4.captured_is_payable",
    ko: "주문마다 승인 금액은 0 또는 결제할 금액",
    en: "Per order, captured is nothing or what was to be paid, and it was approved once",
    sql: `select b.order_id, b.captured, b.payable from ${both} b
      where b.captured not in (0, b.payable)
        or (select count(*) from payment.facts f where f.stream = b.payment_id and f.type = 'PaymentApproved') > 1`,
  },
  {
    id: "I5.refunded_within_captured",
    ko: "주문마다 0 ≤ 환불 ≤ 승인",
    en: "Per order, what went back is not more than what was captured",
    sql: `select b.order_id, b.captured, b.refunded from ${both} b where b.refunded > b.captured or b.refunded < 0`,
  },
  {
    id: "R13.reserve_is_open_refunds",
    ko: "장부에 잡아 둔 환불 = 결제에서 진행 중인 환불",
    en: "What the ledger reserves for refunds is, refund by refund, what payments are sending back",
    atRest: true,
    sql: `select coalesce(i.refund_id, r.id) as refund, i.total as reserved, r.amount as under_way
      from wallet.open_intents i
      full join (
        select refund ->> 'refundId' as id, (refund ->> 'amount')::bigint as amount
        from payment.states cross join json_array_elements(data -> 'refunds') refunds(refund)
        where key like 'pay\\_%' and refund ->> 'status' = 'PROCESSING'
      ) r on r.id = i.refund_id
      where i.total is distinct from r.amount`,
  },
  {
    id: "I7.paid_is_captured",
    ko: "결제된 주문 = 제때 승인된 결제가 있는 주문",
    en: "An order is paid if, and only if, its payment was captured in time",
    atRest: true,
    sql: `select b.order_id, b.status, b.paid_at, b.capture from ${both} b
      where b.payable > 0
        and (b.paid_at is not null) is distinct from (b.capture is not null and not (b.capture ->> 'late')::boolean)`,
  },
  {
    id: "I7.net_captured",
    ko: "주문에 남은 돈 = 살아 있는 부분의 값 (취소·만료되었으면 0)",
    en: "Net captured of an order is what its living parts cost: nothing if it is over or was paid too late",
    atRest: true,
    sql: `select b.order_id, b.status, b.captured, b.refunded, b.living from ${both} b
      where b.captured - b.refunded <> case when b.paid_at is null then 0 else b.living end
        and not exists (select from json_array_elements((select data -> 'refunds' from payment.states p
          where p.key = b.payment_id)) refunds(refund) where refund ->> 'status' = 'REFUSED')`,
  },
  {
    id: "I7.refunds_are_told",
    ko: "주문이 말하는 환불 = 결제가 말하는 환불",
    en: "What an order says went back is what its payment says, late captures aside",
    atRest: true,
    sql: `select b.order_id, b.refunded, b.refunded_by_order from ${both} b
      where b.paid_at is not null and b.refunded <> b.refunded_by_order`,
  },
  {
    id: "I7.nothing_half_cancelled",
    ko: "취소 중에 멈춘 부분이 없다 (환불이 거절되어 운영자를 기다리는 것은 제외)",
    en: "No part stands still half cancelled, unless the refund was refused and waits for an operator",
    atRest: true,
    sql: `select o.key, part ->> 'storeOrderId' as part
      from "order".states o cross join json_array_elements(o.data -> 'storeOrders') parts(part)
      where o.key like 'ord\\_%' and part ->> 'status' = 'CANCELLING'
        and not exists (select from "order".work w where w.stream = o.key)
        and not exists (select from payment.states p
          cross join json_array_elements(p.data -> 'refunds') refunds(refund)
          where p.key = 'pay_' || substr(o.key, 5) and refund ->> 'refundId' = part ->> 'refundId')`,
  },
  {
    id: "I7.completed_is_earned",
    ko: "끝난 가게 주문마다 판매자 몫이 장부에 있다",
    en: "Each completed part is earned in the ledger, and nothing else is",
    atRest: true,
    sql: `select coalesce(done.id, earned.source_id) as store_order, done.id is not null as completed
      from (
        select part ->> 'storeOrderId' as id
        from "order".states o cross join json_array_elements(o.data -> 'storeOrders') parts(part)
        where o.key like 'ord\\_%' and part ->> 'status' = 'COMPLETED' and (part ->> 'total')::bigint > 0
      ) done
      full join (select source_id from wallet.journals where source_type = 'store-order' and reverses is null) earned
        on earned.source_id = done.id
      where done.id is null or earned.source_id is null`,
  },
];
