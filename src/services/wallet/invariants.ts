/** What must hold in the ledger at any instant. Each query returns the rows that offend; none is healthy. */
export const invariants = [
  {
    id: "wallet.journals_balance",
    ko: "모든 분개의 차변 합 = 대변 합 (I1)",
    en: "Every journal has two postings or more, and its debits are its credits (I1)",
    sql: `select j.position, j.source_id, j.step, j.total, count(p.line) as postings,
        sum(p.amount) filter (where p.side = 'DEBIT') as debit, sum(p.amount) filter (where p.side = 'CREDIT') as credit
      from wallet.journals j left join wallet.postings p on p.journal = j.position
      group by j.position
      having count(p.line) < 2 or bool_or(p.amount <= 0)
        or j.total is distinct from sum(p.amount) filter (where p.side = 'DEBIT')
        or j.total is distinct from sum(p.amount) filter (where p.side = 'CREDIT')`,
  },
  {
    id: "wallet.accounts_sum_to_zero",
    ko: "모든 계정 잔액의 합은 언제나 0 (I2)",
    en: "All accounts together are zero at any instant (I2)",
    sql: `select sum(debit) as debit, sum(credit) as credit from wallet.balances
      having sum(debit) is distinct from sum(credit)`,
  },
  {
    id: "wallet.balance_is_postings",
    ko: "잔액 = 분개 줄의 합 (I9)",
    en: "The balance of each account is the sum of its postings (I9)",
    sql: `select coalesce(b.account, p.account) as account, b.debit, b.credit, p.debit as posted_debit,
        p.credit as posted_credit
      from wallet.balances b
      full join (
        select account, coalesce(sum(amount) filter (where side = 'DEBIT'), 0) as debit,
          coalesce(sum(amount) filter (where side = 'CREDIT'), 0) as credit
        from wallet.postings group by account
      ) p on p.account = b.account
      where b.debit is distinct from p.debit or b.credit is distinct from p.credit`,
  },
  {
    id: "wallet.floors_hold",
    ko: "보관금, 지급 예정금, 잔액은 음수가 될 수 없다 (R14)",
    en: "Held money, payables and wallets are never below zero (R14)",
    sql: "select account, balance from wallet.balances where floored and balance < 0",
  },
  {
    id: "wallet.chain_is_whole",
    ko: "해시 사슬이 이어진다 (I15)",
    en: "The hash chain verifies from the first journal to the last (I15)",
    sql: `select position, case
          when digest <> hash then 'the rows differ from their hash'
          when prev_hash <> hash_before then 'the chain is cut before it'
          else 'a journal is missing before it' end as what
      from wallet.ledger_chain
      where digest <> hash or prev_hash <> hash_before or position <> position_before + 1
      union all
      select h.position, 'the end of the chain is not the last journal' from wallet.ledger_head h
      where h.position <> coalesce((select max(position) from wallet.journals), 0)
        or h.hash <> coalesce((select hash from wallet.journals order by position desc limit 1), h.hash)`,
  },
  {
    id: "wallet.facts_are_journals",
    ko: "장부에 올린 사실마다 분개가 하나 있고, 그 반대도 같다",
    en: "Each fact JournalPosted is one journal of the ledger, and the other way round",
    sql: `select coalesce(f.source_id, j.source_id) as source_id, coalesce(f.step, j.step) as step,
        f.postings as in_facts, j.postings as in_ledger
      from (
        select data -> 'journal' ->> 'sourceType' as source_type, data -> 'journal' ->> 'sourceId' as source_id,
          data -> 'journal' ->> 'step' as step, (
            select string_agg(concat_ws(' ', p ->> 'account', p ->> 'side', p ->> 'amount'), ', ' order by n)
            from json_array_elements(data -> 'journal' -> 'postings') with ordinality as t(p, n)) as postings
        from wallet.facts where type = 'JournalPosted'
      ) f
      full join (
        select source_type, source_id, step, (
            select string_agg(concat_ws(' ', p.account, p.side, p.amount), ', ' order by p.line)
            from wallet.postings p where p.journal = journals.position) as postings
        from wallet.journals
      ) j on j.source_type = f.source_type and j.source_id = f.source_id and j.step = f.step
      where f.postings is distinct from j.postings`,
  },
  {
    id: "wallet.books_are_accounts",
    ko: "주문 줄의 보관금 = 그 계정의 잔액",
    en: "What an order's books say is held for a line is what its account shows",
    sql: `select s.key, line ->> 'orderLineId' as line_id, (line ->> 'held')::bigint as in_books, b.balance as in_ledger
      from wallet.states s cross join json_array_elements(s.data -> 'lines') lines(line)
      left join wallet.balances b on b.account = 'order_held:' || (line ->> 'orderLineId')
      where s.key like 'books:%' and (line ->> 'held')::bigint is distinct from coalesce(b.balance, 0)`,
  },
  {
    id: "wallet.completed_holds_nothing",
    ko: "끝난 가게 주문에는 보관금이 남지 않는다",
    en: "Nothing is held for a completed store order (a late capture aside, which waits for its refund)",
    sql: `select s.key, line ->> 'orderLineId' as line_id, line ->> 'held' as held
      from wallet.states s cross join json_array_elements(s.data -> 'lines') lines(line)
      where s.key like 'books:%' and (s.data -> 'completions' -> (line ->> 'storeOrderId')) is not null
        and (line ->> 'held')::bigint > 0
        and not exists (select from json_array_elements_text(s.data -> 'captures') c where c like '% J1-late')`,
  },
  {
    id: "wallet.refunded_within_captured",
    ko: "줄마다 0 ≤ 환불 ≤ 결제 (I5)",
    en: "Of each line no more goes back than was captured, and no part is negative (I5)",
    sql: `select s.key, line
      from wallet.states s cross join json_array_elements(s.data -> 'lines') lines(line)
      where s.key like 'books:%' and (
        least((line ->> 'held')::bigint, (line ->> 'payable')::bigint,
          (line ->> 'commission')::bigint, (line ->> 'vat')::bigint) < 0
        or (line ->> 'held')::bigint + (line ->> 'payable')::bigint + (line ->> 'commission')::bigint
          + (line ->> 'vat')::bigint > (line ->> 'captured')::bigint)`,
  },
  {
    id: "wallet.transit_is_open_refunds",
    ko: "환불 진행 중 = 결과를 기다리는 환불의 합",
    en: "Refunds in transit are the intents that wait for their result",
    sql: `select coalesce(b.account, r.account) as account, b.balance, r.amount
      from (select account, balance from wallet.balances where class = 'refund_in_transit') b
      full join (
        select 'refund_in_transit:' || (refund.value ->> 'gateway') as account,
          sum((refund.value ->> 'amount')::bigint) as amount
        from wallet.states s cross join json_each(s.data -> 'refunds') refund
        where s.key like 'books:%' and refund.value ->> 'status' = 'INTENT' group by 1
      ) r on r.account = b.account
      where coalesce(b.balance, 0) <> coalesce(r.amount, 0)`,
  },
  {
    id: "wallet.only_intents_are_in_transit",
    ko: "환불 진행 중에는 끝나지 않은 환불뿐이고, 진행 중인 것의 합은 0이다 (R13)",
    en: "Nothing is in transit but open intents, and what is pending sums to zero (R13)",
    sql: `select account, balance, posted, pending from wallet.standings
      where class = 'refund_in_transit' and (posted <> 0 or available <> 0)
      union all
      select 'all', sum(balance), sum(posted), sum(pending)
      from (select case normal_side when 'DEBIT' then 1 else -1 end * balance as balance,
        case normal_side when 'DEBIT' then 1 else -1 end * posted as posted,
        case normal_side when 'DEBIT' then 1 else -1 end * pending as pending from wallet.standings) s
      having sum(pending) <> 0 or sum(posted) <> 0`,
  },
] as const;
