-- Rows are payments (pay_…), attempts (att_…) and webhooks as they came (webhook:…).
alter table %SCHEMA%.states
  add column buyer_id text generated always as
    (case when left(key, 4) = 'pay_' then data -> 'opened' ->> 'buyerId' end) stored,
  add column opened_at text generated always as
    (case when left(key, 4) = 'pay_' then data -> 'opened' ->> 'at' end) stored,
  -- The payment of an attempt that is under way or unknown; empty once its outcome is known.
  add column open_attempt_of text generated always as
    (case when left(key, 4) = 'att_' and data ->> 'status' in ('INTENT', 'UNKNOWN') then data ->> 'paymentId' end)
    stored,
  add column started_at text generated always as
    (case when left(key, 4) = 'att_' then data ->> 'startedAt' end) stored,
  -- I4: captured is nothing or the whole; I5: what goes back never exceeds it.
  add constraint captured_is_nothing_or_all check (
    left(key, 4) <> 'pay_' or (data ->> 'capturedAmount')::bigint in (0, (data -> 'opened' ->> 'amount')::bigint)
  ),
  add constraint refunds_within_capture check (
    left(key, 4) <> 'pay_'
    or (data ->> 'refundingAmount')::bigint between 0 and (data ->> 'capturedAmount')::bigint
  );

-- Two tabs cannot capture twice (MECHANISMS.md §8), whatever the code above does.
create unique index states_one_open_attempt on %SCHEMA%.states (open_attempt_of) where open_attempt_of is not null;
create index states_by_buyer on %SCHEMA%.states (buyer_id, opened_at desc, key desc) where buyer_id is not null;
create index states_unresolved on %SCHEMA%.states (started_at, key) where open_attempt_of is not null;
