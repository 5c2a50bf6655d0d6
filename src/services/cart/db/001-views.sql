-- What a cart is priced and checked with: the last snapshots that catalog, store and stock told.
create table %SCHEMA%.items (
  id text primary key,
  data jsonb not null,
  version bigint not null
);

create table %SCHEMA%.stores (
  id text primary key,
  data jsonb not null,
  version bigint not null
);

create table %SCHEMA%.availability (
  id text primary key,
  sold_out boolean not null,
  version bigint not null
);
