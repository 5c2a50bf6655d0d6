-- Rows are payments (pay_…), what is kept beside their attempts (att_…) and webhooks as they came (webhook:…).
-- A row is written several times within a second: with room beside it no index is touched (docs/why/034).
alter table %SCHEMA%.states set (fillfactor = 50);
alter table %SCHEMA%.states
  add column buyer_id text generated always as (facets ->> 'buyerId') stored,
  add column opened_at text generated always as (facets ->> 'openedAt') stored,
  -- Attempts that are under way or unknown. Two tabs cannot capture twice (MECHANISMS.md §8), whatever the code does.
  add column open_attempts bigint generated always as ((facets ->> 'openAttempts')::bigint) stored,
  -- I4: captured is nothing or the whole; I5: what goes back never exceeds it.
  add column amount bigint generated always as ((facets ->> 'amount')::bigint) stored,
  add column captured bigint generated always as ((facets ->> 'captured')::bigint) stored,
  add column refunding bigint generated always as ((facets ->> 'refunding')::bigint) stored,
  add constraint one_open_attempt check (open_attempts <= 1),
  add constraint captured_is_nothing_or_all check (captured in (0, amount)),
  add constraint refunds_within_capture check (refunding between 0 and captured);

create index states_by_buyer on %SCHEMA%.states (buyer_id, opened_at desc, key desc) where buyer_id is not null;
