-- What lists of orders are read by. The state row is the order itself; these columns only make it findable.
alter table %SCHEMA%.states
  add column buyer_id text generated always as (data->>'buyerId') stored,
  add column placed_at text generated always as (data->>'placedAt') stored,
  add column active boolean generated always as ((data->>'active')::boolean) stored,
  add column order_no text generated always as (data->>'orderNo') stored;

create index orders_of_buyer on %SCHEMA%.states (buyer_id, placed_at desc, key desc) where order_no is not null;
create index active_orders_of_buyer on %SCHEMA%.states (buyer_id, placed_at desc, key desc)
  where order_no is not null and active;
create unique index order_by_number on %SCHEMA%.states (order_no) where order_no is not null;

-- Our own view of items and stores, fed by their events: what prices and checks are decided by.
create table %SCHEMA%.items (id text primary key, version bigint not null, data jsonb not null);
create table %SCHEMA%.stores (
  id text primary key,
  seller_id text not null,
  version bigint not null,
  data jsonb not null
);

-- The sellers' queue and kitchen, fed by the order's own events.
create table %SCHEMA%.store_orders (
  id text primary key,
  order_id text not null,
  order_no text not null,
  store_id text not null,
  status text not null,
  fulfilment text not null,
  title text not null,
  total bigint not null,
  lines jsonb not null,
  paid_at text,
  version bigint not null
) with (fillfactor = 80);
create index queue on %SCHEMA%.store_orders (store_id, paid_at desc, id desc) where paid_at is not null;
create index queue_by_status on %SCHEMA%.store_orders (store_id, status, paid_at desc, id desc)
  where paid_at is not null;
create index store_orders_of_order on %SCHEMA%.store_orders (order_id);
