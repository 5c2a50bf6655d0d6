/** What must hold in the database of payment at any instant. Each query returns the rows that offend. */
export const invariants = [
  {
    id: "payment.captured_once",
    ko: "한 결제의 승인은 많아야 한 번이고, 금액은 0 또는 전액이다 (I4)",
    en: "A payment is captured at most once, and nothing or the whole (I4)",
    sql: `select pay.key, pay.data ->> 'capturedAmount' as captured, pay.data -> 'opened' ->> 'amount' as payable
      from payment.states pay
      where left(pay.key, 4) = 'pay_' and (
        (select count(*) from json_array_elements(pay.data -> 'attempts') as one(attempt)
          where attempt ->> 'operation' = 'confirm' and attempt ->> 'status' = 'SUCCEEDED')
          <> (case when pay.data -> 'capture' is not null then 1 else 0 end)
        or (pay.data ->> 'capturedAmount')::bigint not in (0, (pay.data -> 'opened' ->> 'amount')::bigint))`,
  },
  {
    id: "payment.refunds_within_lines",
    ko: "줄마다 환불은 결제 금액을 넘지 않는다 (I5)",
    en: "No line gives back more than it took (I5)",
    sql: `select pay.key, line ->> 'orderLineId' as line, back.amount as back, line ->> 'amount' as paid
      from payment.states pay
      cross join json_array_elements(pay.data -> 'opened' -> 'lines') as lines(line)
      cross join lateral (
        select coalesce(sum((part ->> 'amount')::bigint), 0) as amount
        from json_array_elements(pay.data -> 'refunds') as refunds(refund),
          json_array_elements(refund -> 'lines') as parts(part)
        where refund ->> 'status' <> 'REFUSED' and part ->> 'orderLineId' = line ->> 'orderLineId'
      ) back
      where left(pay.key, 4) = 'pay_' and back.amount > (line ->> 'amount')::bigint`,
  },
  {
    id: "payment.refund_adds_up",
    ko: "환불 금액 = 그 줄들의 합, 끝난 환불 = 성공한 취소 시도의 합",
    en: "A refund is the sum of its lines; completed ones are the sum of the cancels that succeeded",
    sql: `select pay.key from payment.states pay
      where left(pay.key, 4) = 'pay_' and (
        (select coalesce(sum((refund ->> 'amount')::bigint), 0)
          from json_array_elements(pay.data -> 'refunds') as refunds(refund)
          where refund ->> 'status' = 'COMPLETED')
        <> (select coalesce(sum((attempt ->> 'amount')::bigint), 0)
          from json_array_elements(pay.data -> 'attempts') as attempts(attempt)
          where attempt ->> 'operation' = 'cancel' and attempt ->> 'status' = 'SUCCEEDED')
        or exists (select from json_array_elements(pay.data -> 'refunds') as refunds(refund)
          where (refund ->> 'amount')::bigint
            <> (select sum((part ->> 'amount')::bigint) from json_array_elements(refund -> 'lines') as parts(part))))`,
  },
  {
    id: "payment.open_attempt_is_asked_about",
    ko: "결과를 모르는 시도에는 물어볼 일이 남아 있다 (I19)",
    en: "An attempt without an outcome has work that will ask about it (I19)",
    sql: `select pay.key, one ->> 'attemptId' as attempt from payment.states pay
      cross join json_array_elements(pay.data -> 'attempts') as attempts(one)
      where left(pay.key, 4) = 'pay_' and one ->> 'status' in ('INTENT', 'UNKNOWN')
        and not exists (select from payment.work where work.key = 'resolve:' || (one ->> 'attemptId'))`,
  },
  {
    id: "payment.refund_goes_on",
    ko: "처리 중인 환불에는 보낼 일이나 열린 취소 시도가 있다 (I19)",
    en: "A refund under way has work that sends it, or an open cancel (I19)",
    sql: `select pay.key, refund ->> 'refundId' as refund from payment.states pay
      cross join json_array_elements(pay.data -> 'refunds') as refunds(refund)
      where left(pay.key, 4) = 'pay_' and refund ->> 'status' = 'PROCESSING'
        and not exists (select from payment.work where work.key = 'refund:' || (refund ->> 'refundId'))
        and not exists (select from json_array_elements(pay.data -> 'attempts') as attempts(attempt)
          where attempt ->> 'refundId' = refund ->> 'refundId' and attempt ->> 'status' in ('INTENT', 'UNKNOWN'))`,
  },
  {
    id: "payment.facets_tell_the_row",
    ko: "제약이 보는 값 = 행의 값",
    en: "What the constraints look at is what the row says",
    sql: `select key, captured, refunding, open_attempts from payment.states
      where key like 'pay\\_%' and ((data ->> 'capturedAmount')::bigint, (data ->> 'refundingAmount')::bigint,
            (data -> 'opened' ->> 'amount')::bigint, (
              select count(*) from json_array_elements(data -> 'attempts') as attempts(attempt)
              where attempt ->> 'status' in ('INTENT', 'UNKNOWN')))
          is distinct from (captured, refunding, amount, open_attempts)`,
  },
] as const;
