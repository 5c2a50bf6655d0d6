-- Posted, pending and available per account (MONEY.md R13), read off the journals when somebody asks: writing a journal
-- costs nothing more. An intent's money moves at once, so nobody else can spend it: it is pending until its end is
-- known.

-- Refunds whose gateway has not answered: a J3 that neither J4 nor its reverse has followed. Looks at every refund that
-- ever was: 0.1 s for 100 000 of them, for operators and verify alone.
create view %SCHEMA%.open_intents as
select i.position, i.source_id as refund_id, i.order_id, i.total, i.at
from %SCHEMA%.journals i
where i.source_type = 'refund' and i.step = 'J3'
  and not exists (
    select from %SCHEMA%.journals e
    where e.source_type = 'refund' and e.source_id = i.source_id and e.step in ('J4', 'J3-reversed'));

-- balance = posted + pending. What is pending on its way in cannot be used yet; on its way out it is gone already.
create view %SCHEMA%.standings as
select b.account, b.class, b.normal_side, b.floored, b.debit, b.credit, b.balance,
  b.balance - coalesce(p.coming, 0) + coalesce(p.leaving, 0) as posted,
  coalesce(p.coming, 0) - coalesce(p.leaving, 0) as pending,
  b.balance - coalesce(p.coming, 0) as available
from %SCHEMA%.balances b
left join (
  select o.account, (sum(o.amount) filter (where o.side = a.normal_side))::bigint as coming,
    (sum(o.amount) filter (where o.side <> a.normal_side))::bigint as leaving
  from %SCHEMA%.open_intents i
  join %SCHEMA%.postings o on o.journal = i.position
  join %SCHEMA%.balances a on a.account = o.account
  group by o.account
) p on p.account = b.account;

-- A view over one table could be written through, with its owner's rights.
revoke insert, update, delete, truncate on %SCHEMA%.open_intents, %SCHEMA%.standings from %ROLE%;
