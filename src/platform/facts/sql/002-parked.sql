-- Somebody wishes the letters of a key to be tried again: a running process of the service does it (dead-letters.ts).
alter table %SCHEMA%.dead_letters add column retry boolean not null default false;
create index dead_letters_retry on %SCHEMA%.dead_letters (consumer, source, key) where retry;
