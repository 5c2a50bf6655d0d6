-- What lists of orders are read by. The state row is the order itself; these columns only make it findable.
-- A row is written several times within a second: with room beside it no index is touched (docs/why/034).
alter table %SCHEMA%.states set (fillfactor = 50);
alter table %SCHEMA%.states
  add column buyer_id text generated always as (facets->>'buyerId') stored,
  add column placed_at text generated always as (facets->>'placedAt') stored,
  add column active boolean generated always as ((facets->>'active')::boolean) stored,
  add column order_no text generated always as (facets->>'orderNo') stored;

create index orders_of_buyer on %SCHEMA%.states (buyer_id, placed_at desc, key desc) where order_no is not null;
create unique index order_by_number on %SCHEMA%.states (order_no) where order_no is not null;

-- Our own view of items and stores, fed by their events: what prices and checks are decided by.
create table %SCHEMA%.items (id text primary key, version bigint not null, data jsonb not null);
create table %SCHEMA%.stores (
  id text primary key,
  seller_id text not null,
  version bigint not null,
  data jsonb not null
);

-- The sellers' queue and kitchen: what a store's parts are found by. What they say stands in the order's row.
create table %SCHEMA%.store_orders (
  id text primary key,
  order_id text not null,
  store_id text not null,
  status text not null,
  paid_at text not null
) with (fillfactor = 80);
create index queue_by_status on %SCHEMA%.store_orders (store_id, status, paid_at desc, id desc);

-- Runs in the statement that commits the facts, after them: the order's rows are locked, so nobody is faster here.
-- In plpgsql, which keeps its plan: as an SQL function it was planned anew at every call, 1 ms each.
create function %SCHEMA%.queue_store_orders(
  ids text[], order_ids text[], store_ids text[], statuses text[], paid_ats text[])
returns void
language plpgsql set search_path = %SCHEMA%, pg_temp as $$
begin
  insert into store_orders (id, order_id, store_id, status, paid_at)
  select q.id, q.order_id, q.store_id, q.status, q.paid_at
  from unnest(ids, order_ids, store_ids, statuses, paid_ats) as q(id, order_id, store_id, status, paid_at)
  on conflict (id) do update set status = excluded.status where store_orders.status <> excluded.status;
end $$;
