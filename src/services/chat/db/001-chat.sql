-- Rooms, messages and reports are rows of states; these columns are what they are found by. Other rows lack them.
alter table %SCHEMA%.states
  add column buyer_id text collate "C" generated always as (facets ->> 'buyerId') stored,
  add column seller_id text collate "C" generated always as (facets ->> 'sellerId') stored,
  add column last_at text collate "C" generated always as (facets ->> 'lastMessageAt') stored,
  add column room_id text collate "C" generated always as (facets ->> 'roomId') stored,
  add column seq bigint generated always as ((facets ->> 'seq')::bigint) stored,
  add column report_status text collate "C" generated always as (facets ->> 'reportStatus') stored,
  add column filed_at text collate "C" generated always as (facets ->> 'filedAt') stored,
  add column typing_until text collate "C" generated always as (facets ->> 'typingUntil') stored,
  add constraint message_has_a_place check (not starts_with(key, 'msg_') or (room_id is not null and seq >= 1)),
  add constraint room_has_two_people check (not starts_with(key, 'rom_') or buyer_id <> seller_id);

-- No two messages stand at one place of a room, whatever the code above does (RELIABILITY.md H43).
create unique index states_by_place on %SCHEMA%.states (room_id, seq) where room_id is not null;
create index states_by_buyer on %SCHEMA%.states (buyer_id, last_at desc, key desc) where last_at is not null;
create index states_by_seller on %SCHEMA%.states (seller_id, last_at desc, key desc) where last_at is not null;
create index states_by_report on %SCHEMA%.states (filed_at, key) where filed_at is not null;
create index states_by_typing on %SCHEMA%.states (typing_until) where typing_until is not null;

-- From store.changed.v1: whose a store is, what it is called, and whether it can be asked.
create table %SCHEMA%.stores (
  id text collate "C" primary key,
  seller_id text not null,
  name text not null,
  status text not null,
  version bigint not null
);

-- From account.registered.v1 and account.changed.v1: what people call themselves.
create table %SCHEMA%.people (
  id text collate "C" primary key,
  nickname text not null,
  version bigint not null
);
