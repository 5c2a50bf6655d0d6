-- Two readings of the rows that have no key of their own to be found by.

-- Sessions that ended while an access token of theirs may still be alive (listRevokedSessions).
alter table %SCHEMA%.states
  add column revoked_until text generated always as (data->>'revokedUntil') stored,
  -- Counters of guesses that say nothing any more (jobs/sweep-guesses.ts).
  add column swept_after text generated always as (
    case when key like 'guess:%' then data->>'expiresAt' end) stored;
create index states_revoked_until on %SCHEMA%.states (revoked_until, key) where revoked_until is not null;
create index states_swept_after on %SCHEMA%.states (swept_after) where swept_after is not null;

-- What must never be: an account without a role, or one that is neither active nor suspended.
alter table %SCHEMA%.states add constraint account_has_roles check (
  key not like 'acc\_%' or (json_array_length(data->'roles') > 0 and data->>'status' in ('ACTIVE', 'SUSPENDED')));
