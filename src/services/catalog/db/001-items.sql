-- Items are rows of states (`itm_…`); these columns are what lists are found and sorted by.
alter table %SCHEMA%.states
  add column store_id text collate "C" generated always as (data ->> 'storeId') stored,
  add column kind text collate "C" generated always as (data ->> 'kind') stored,
  add column category text collate "C" generated always as (data ->> 'category') stored,
  add column created_at text collate "C" generated always as (data ->> 'createdAt') stored,
  add column base_price bigint generated always as ((data ->> 'basePrice')::bigint) stored,
  add column listed boolean generated always as (data ->> 'status' in ('ON_SALE', 'SOLD_OUT', 'PAUSED')) stored,
  -- Whether options of it have a stock of their own, which then counts instead of the item's.
  add column by_option boolean generated always as
    (jsonb_path_exists(data::jsonb, '$.optionGroups[*].options[*] ? (@.stocked == true)')) stored,
  add constraint item_price check (base_price >= 0),
  add constraint item_status check (data ->> 'status' in ('ON_SALE', 'PAUSED', 'SOLD_OUT', 'DISCONTINUED', 'HIDDEN')),
  add constraint item_version check ((data ->> 'version')::bigint = version);

create index items_by_age on %SCHEMA%.states (created_at desc, key desc) where listed;
create index items_by_price on %SCHEMA%.states (base_price, key) where listed;
create index items_by_group on %SCHEMA%.states (left(category, 4), created_at desc, key desc) where listed;
create index items_by_category on %SCHEMA%.states (category, created_at desc, key desc) where listed;
create index items_of_store_by_price on %SCHEMA%.states (store_id, base_price, key) where listed;
create index items_of_store on %SCHEMA%.states (store_id, created_at desc, key desc);

-- What catalog must know of stores, from store.changed.v1. The collation is that of states.store_id, for the key's use.
create table %SCHEMA%.stores (
  id text collate "C" primary key,
  seller_id text not null,
  kind text not null,
  status text not null,
  name text not null,
  version bigint not null
);

-- Which items and options are out of stock, from stock.availability.v1.
create table %SCHEMA%.availability (
  id text primary key,
  sold_out boolean not null,
  version bigint not null
);
