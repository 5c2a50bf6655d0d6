-- The double-entry ledger (MONEY.md §1). The service's role may read everything here and write nothing: it can only
-- execute post_journals, which writes journals, postings and balances together, balanced and chained (R12–R16).

-- The chart of accounts. An account is `class` or `class:whose`. A floored one can never go below zero (R14).
create table %SCHEMA%.account_classes (
  class text primary key,
  normal_side text not null check (normal_side in ('DEBIT', 'CREDIT')),
  floored boolean not null
);
insert into %SCHEMA%.account_classes (class, normal_side, floored) values
  ('pg_clearing', 'DEBIT', false), ('order_held', 'CREDIT', true), ('refund_in_transit', 'CREDIT', true),
  ('seller_payable', 'CREDIT', true), ('buyer_wallet', 'CREDIT', true), ('commission', 'CREDIT', false),
  ('vat_output', 'CREDIT', false);

create table %SCHEMA%.journals (
  position bigint primary key,
  source_type text not null,
  source_id text not null,
  step text not null,
  order_id text not null,
  at text not null,
  currency text not null default 'KRW' check (currency = 'KRW'),
  rule text,
  reverses text,
  total bigint not null check (total > 0),
  prev_hash bytea not null,
  hash bytea not null,
  unique (source_type, source_id, step),
  foreign key (source_type, source_id, reverses) references %SCHEMA%.journals (source_type, source_id, step)
);
create index journals_by_order on %SCHEMA%.journals (order_id, position);

create table %SCHEMA%.postings (
  journal bigint not null,
  line integer not null,
  account text not null,
  side text not null check (side in ('DEBIT', 'CREDIT')),
  amount bigint not null check (amount > 0),
  order_line_id text,
  primary key (journal, line)
);

create table %SCHEMA%.balances (
  -- By its bytes, so that the accounts of a class stand together.
  account text collate "C" primary key,
  class text not null,
  normal_side text not null,
  floored boolean not null,
  debit bigint not null,
  credit bigint not null,
  balance bigint not null
    generated always as (case normal_side when 'DEBIT' then debit - credit else credit - debit end) stored,
  constraint floored_balance_is_not_negative check (
    not floored or (case normal_side when 'DEBIT' then debit - credit else credit - debit end) >= 0)
) with (fillfactor = 70);

-- The end of the chain. Its lock makes one writer at a time, so balances need no order of their own.
create table %SCHEMA%.ledger_head (
  one boolean primary key default true check (one),
  position bigint not null,
  hash bytea not null
) with (fillfactor = 10);
insert into %SCHEMA%.ledger_head (position, hash) values (0, decode(repeat('00', 32), 'hex'));

-- What each journal's hash should be, from the rows as they are now. The text is the one that post_journals hashes.
create view %SCHEMA%.ledger_chain as
select j.position, j.prev_hash, j.hash,
  lag(j.position, 1, 0::bigint) over (order by j.position) as position_before,
  lag(j.hash, 1, decode(repeat('00', 32), 'hex')) over (order by j.position) as hash_before,
  sha256(j.prev_hash || convert_to(
    j.position || json_build_array(j.source_type, j.source_id, j.step, j.order_id, j.at, j.rule, j.reverses)::text
    || coalesce((
      select string_agg(
        json_build_array(p.line, p.account, p.side, p.amount, p.order_line_id)::text, '' order by p.line)
      from %SCHEMA%.postings p where p.journal = j.position), ''), 'UTF8')) as digest
from %SCHEMA%.journals j;

create function %SCHEMA%.refuse_change() returns trigger
language plpgsql as $$
begin
  raise exception 'the ledger is only added to: % of % is refused', tg_op, tg_table_name using errcode = 'MD020';
end $$;
create trigger only_added_to before update or delete or truncate on %SCHEMA%.journals
  for each statement execute function %SCHEMA%.refuse_change();
create trigger only_added_to before update or delete or truncate on %SCHEMA%.postings
  for each statement execute function %SCHEMA%.refuse_change();

-- Whoever adds postings, by whatever statement, leaves every journal balanced (I1). Looked at once per statement, set
-- by set: foreign keys and row triggers would cost more than the writing itself, under the lock of the ledger's end.
create function %SCHEMA%.check_postings() returns trigger
language plpgsql security definer set search_path = %SCHEMA%, pg_temp set enable_seqscan = off as $$
declare
  odd bigint;
begin
  select sums.journal into odd
    from (
      select p.journal, count(*) as lines, sum(p.amount) filter (where p.side = 'DEBIT') as debit,
        sum(p.amount) filter (where p.side = 'CREDIT') as credit
      from postings p
      where p.journal between (select min(a.journal) from added a) and (select max(a.journal) from added a)
      group by p.journal) sums
    left join journals j on j.position = sums.journal
    where sums.lines < 2 or j.total is null or j.total is distinct from sums.debit
      or j.total is distinct from sums.credit
    limit 1;
  if odd is not null then raise exception 'journal % is not balanced', odd using errcode = 'MD021'; end if;
  return null;
end $$;
create trigger is_balanced after insert on %SCHEMA%.postings referencing new table as added
  for each statement execute function %SCHEMA%.check_postings();

-- And a journal without postings does not outlive its transaction.
create function %SCHEMA%.check_journal() returns trigger
language plpgsql security definer set search_path = %SCHEMA%, pg_temp set enable_seqscan = off as $$
begin
  if not exists (select from postings p where p.journal = new.position) then
    raise exception 'journal % has no postings', new.position using errcode = 'MD021';
  end if;
  return null;
end $$;
create constraint trigger has_postings after insert on %SCHEMA%.journals
  deferrable initially deferred for each row execute function %SCHEMA%.check_journal();

-- Writes journals with their postings, the hash chain and the balances; each account once per batch. A journal that is
-- there already (same source and step) is passed over, unless it is another one under the same name: that is an error.
-- Rows come as one array for each column (docs/why/034), of_journals as places among the journals given. Existing rows
-- are looked up one by one (`offset 0`): a join's plan is made while the tables are small and kept, and would read all
-- of a table that has grown since.
create function %SCHEMA%.post_journals(
  source_types text[], source_ids text[], steps text[], order_ids text[], ats text[], rules text[], reversed text[],
  of_journals bigint[], lines bigint[], accounts text[], sides text[], amounts bigint[], order_line_ids text[])
returns integer
language plpgsql security definer set search_path = %SCHEMA%, pg_temp set enable_seqscan = off as $$
declare
  before record;
  given record;
  last bigint;
  positions bigint[] := array_fill(null::bigint, array[cardinality(source_ids)]);
  totals bigint[] := positions;
  hashes bytea[];
begin
  select h.position, h.hash into before from ledger_head h for update;
  last := before.position;
  hashes := array[before.hash];

  for given in
    select g.n, g.total, e.position, e.order_id <> g.order_id or e.total is distinct from g.total as differs,
      json_build_array(g.source_type, g.source_id, g.step, g.order_id, g.at, g.rule, g.reverses)::text as said,
      g.said as said_lines
    from (
      select j.*, p.total, p.said
      from unnest(source_types, source_ids, steps, order_ids, ats, rules, reversed) with ordinality
        as j(source_type, source_id, step, order_id, at, rule, reverses, n)
      left join (
        select p.journal, (sum(p.amount) filter (where p.side = 'DEBIT'))::bigint as total,
          string_agg(json_build_array(p.line, p.account, p.side, p.amount, p.order_line_id)::text, '' order by p.line)
            as said
        from unnest(of_journals, lines, accounts, sides, amounts, order_line_ids)
          as p(journal, line, account, side, amount, order_line_id) group by p.journal) p on p.journal = j.n) g
    left join lateral (
      select j.position, j.order_id, j.total from journals j
      where j.source_type = g.source_type and j.source_id = g.source_id and j.step = g.step offset 0) e on true
    order by g.n
  loop
    if given.position is null then
      last := last + 1;
      positions[given.n] := last;
      totals[given.n] := given.total;
      hashes := hashes || sha256(hashes[cardinality(hashes)]
        || convert_to(last || given.said || coalesce(given.said_lines, ''), 'UTF8'));
    elsif given.differs then
      raise exception 'another journal is posted under this name' using errcode = 'MD022';
    end if;
  end loop;
  if last = before.position then return 0; end if;

  insert into journals (position, source_type, source_id, step, order_id, at, rule, reverses, total, prev_hash, hash)
  select g.position, g.source_type, g.source_id, g.step, g.order_id, g.at, g.rule, g.reverses, g.total,
    hashes[g.position - before.position], hashes[g.position - before.position + 1]
  from unnest(positions, source_types, source_ids, steps, order_ids, ats, rules, reversed, totals)
    as g(position, source_type, source_id, step, order_id, at, rule, reverses, total)
  where g.position is not null;

  insert into postings (journal, line, account, side, amount, order_line_id)
  select positions[p.journal], p.line, p.account, p.side, p.amount, p.order_line_id
  from unnest(of_journals, lines, accounts, sides, amounts, order_line_ids)
    as p(journal, line, account, side, amount, order_line_id)
  where positions[p.journal] is not null;

  -- Nobody else posts meanwhile, so an account that is not there now is new: no row need be offered and taken back.
  with moved as materialized (
    select p.account, coalesce(sum(p.amount) filter (where p.side = 'DEBIT'), 0) as debit,
      coalesce(sum(p.amount) filter (where p.side = 'CREDIT'), 0) as credit
    from unnest(of_journals, accounts, sides, amounts) as p(journal, account, side, amount)
    where positions[p.journal] is not null group by p.account
  ), known as (
    update balances b set debit = b.debit + m.debit, credit = b.credit + m.credit
    from moved m where b.account = m.account returning b.account
  )
  insert into balances (account, class, normal_side, floored, debit, credit)
  select m.account, c.class, c.normal_side, c.floored, m.debit, m.credit
  from moved m left join account_classes c on c.class = split_part(m.account, ':', 1)
  where m.account not in (select k.account from known k)
  order by m.account;

  update ledger_head set position = last, hash = hashes[cardinality(hashes)];
  return last - before.position;
end $$;

revoke insert, update, delete, truncate on %SCHEMA%.account_classes, %SCHEMA%.journals, %SCHEMA%.postings,
  %SCHEMA%.balances, %SCHEMA%.ledger_head, %SCHEMA%.ledger_chain from %ROLE%;
grant select on %SCHEMA%.account_classes, %SCHEMA%.journals, %SCHEMA%.postings, %SCHEMA%.balances,
  %SCHEMA%.ledger_head, %SCHEMA%.ledger_chain to %ROLE%;
revoke execute on function %SCHEMA%.post_journals from public;
grant execute on function %SCHEMA%.post_journals to %ROLE%;

