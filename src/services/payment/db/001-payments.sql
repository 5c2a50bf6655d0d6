-- Rows are payments (pay_…), attempts (att_…) and webhooks as they came (webhook:…).
-- A row is written several times within a second: with room beside it no index is touched (docs/why/034).
alter table %SCHEMA%.states set (fillfactor = 50);
alter table %SCHEMA%.states
  add column buyer_id text generated always as (facets ->> 'buyerId') stored,
  add column opened_at text generated always as (facets ->> 'openedAt') stored,
  -- The payment of an attempt that is under way or unknown; empty once its outcome is known.
  add column open_attempt_of text generated always as (facets ->> 'openAttemptOf') stored,
  add column started_at text generated always as (facets ->> 'startedAt') stored,
  -- I4: captured is nothing or the whole; I5: what goes back never exceeds it.
  add column amount bigint generated always as ((facets ->> 'amount')::bigint) stored,
  add column captured bigint generated always as ((facets ->> 'captured')::bigint) stored,
  add column refunding bigint generated always as ((facets ->> 'refunding')::bigint) stored,
  add constraint captured_is_nothing_or_all check (captured in (0, amount)),
  add constraint refunds_within_capture check (refunding between 0 and captured);

-- Two tabs cannot capture twice (MECHANISMS.md §8), whatever the code above does.
create unique index states_one_open_attempt on %SCHEMA%.states (open_attempt_of) where open_attempt_of is not null;
create index states_by_buyer on %SCHEMA%.states (buyer_id, opened_at desc, key desc) where buyer_id is not null;
create index states_unresolved on %SCHEMA%.states (started_at, key) where open_attempt_of is not null;
