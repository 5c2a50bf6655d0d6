-- Where a bus between processes reads on: at (position, index) or before, never behind it. Null: only from memory.
alter table %SCHEMA%.cursors add column "offset" bigint;

-- Who publishes this service's facts to a bus between processes, and how far that has come.
-- One process does at a time. Its place in the log is kept now and then: what was published since is published
-- again by the next one, and nobody applies it twice.
create table %SCHEMA%.relay (
  one boolean primary key default true check (one),
  position bigint not null,
  previous jsonb not null,
  fence bigint not null,
  lease_until timestamptz
) with (fillfactor = 10);
insert into %SCHEMA%.relay (position, previous, fence) values (0, '{}', 0);
