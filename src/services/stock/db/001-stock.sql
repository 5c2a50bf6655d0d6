-- A SKU's counters can never be negative, whatever the code above does (PRODUCT.md D1).
alter table %SCHEMA%.states
  add column available bigint generated always as ((facets ->> 'available')::bigint) stored,
  add column reserved bigint generated always as ((facets ->> 'reserved')::bigint) stored,
  add column store_id text generated always as (facets ->> 'storeId') stored,
  add column opened_at text generated always as (facets ->> 'openedAt') stored,
  add column pending_until text generated always as (facets ->> 'pendingUntil') stored,
  add constraint available_is_not_negative check (available >= 0),
  add constraint reserved_is_not_negative check (reserved >= 0);

create index states_by_store on %SCHEMA%.states (store_id, opened_at desc, key desc) where store_id is not null;
create index states_by_pending_until on %SCHEMA%.states (pending_until) where pending_until is not null;

-- Which seller a store belongs to, from store.changed.v1.
create table %SCHEMA%.stores (
  id text primary key,
  seller_id text not null,
  version bigint not null
);
