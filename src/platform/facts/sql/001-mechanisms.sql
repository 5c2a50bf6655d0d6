-- What every service keeps in its schema: MECHANISMS.md §1. Written by the platform, the same for all.

create table %SCHEMA%.states (
  key text primary key,
  version bigint not null check (version > 0),
  data jsonb not null
) with (fillfactor = 80);

create table %SCHEMA%.head (
  one boolean primary key default true check (one),
  position bigint not null
) with (fillfactor = 10);
insert into %SCHEMA%.head (position) values (0);

create table %SCHEMA%.facts (
  position bigint primary key,
  stream text not null,
  version bigint not null,
  type text not null,
  data jsonb not null,
  meta jsonb not null,
  at timestamptz not null,
  unique (stream, version)
);

create table %SCHEMA%.commands (
  id text primary key,
  stream text not null,
  body_hash text not null,
  at timestamptz not null
);

create table %SCHEMA%.work (
  key text primary key,
  kind text not null,
  stream text not null,
  data jsonb,
  due_at timestamptz not null,
  attempt integer not null default 0,
  lease_until timestamptz,
  fence bigint not null,
  traceparent text not null,
  error text
) with (fillfactor = 70);
create index work_due on %SCHEMA%.work (due_at);

create table %SCHEMA%.cursors (
  consumer text not null,
  source text not null,
  partition integer not null,
  position bigint not null,
  index integer not null,
  version bigint not null,
  primary key (consumer, source, partition)
) with (fillfactor = 50);

create table %SCHEMA%.dead_letters (
  consumer text not null,
  source text not null,
  position bigint not null,
  index integer not null,
  partition integer not null,
  key text not null,
  event jsonb not null,
  error text not null,
  attempts integer not null,
  at timestamptz not null,
  primary key (consumer, source, position, index)
);
create index dead_letters_key on %SCHEMA%.dead_letters (consumer, source, key, position, index);

-- Moves cursors that are still where the caller read them, or refuses (MD003): somebody else has applied these events.
create function %SCHEMA%.move_cursors(moves json) returns void
language plpgsql set search_path = %SCHEMA%, pg_temp as $$
declare
  missed json;
begin
  perform 1 from cursors c
    join json_to_recordset(moves) as m(consumer text, source text, partition integer)
      using (consumer, source, partition)
    order by c.consumer, c.source, c.partition for update of c;
  with done as (
    update cursors c set position = m.position, index = m.index, version = c.version + 1
      from json_to_recordset(moves) as m(
        consumer text, source text, partition integer, was bigint, position bigint, index integer)
      where c.consumer = m.consumer and c.source = m.source and c.partition = m.partition and c.version = m.was
      returning c.consumer, c.source, c.partition)
  select json_agg(concat_ws(' ', m.consumer, m.source, m.partition)) into missed
    from json_to_recordset(moves) as m(consumer text, source text, partition integer)
    where (m.consumer, m.source, m.partition) not in (select d.consumer, d.source, d.partition from done d);
  if missed is not null then
    raise exception 'a cursor has moved' using errcode = 'MD003', detail = missed::text;
  end if;
end $$;

create function %SCHEMA%.bury(letters json) returns void
language sql set search_path = %SCHEMA%, pg_temp as $$
  insert into dead_letters (consumer, source, position, index, partition, key, event, error, attempts, at)
  select l.consumer, l.source, l.position, l.index, l.partition, l.key, l.event, l.error, l.attempts, l.at
  from json_to_recordset(letters) as l(
    consumer text, source text, position bigint, index integer, partition integer, key text, event jsonb,
    error text, attempts integer, at timestamptz)
  on conflict do nothing;
$$;

-- Takes letters off the pile as they are applied: the first ones of their key, each once (MD004). The cursor of their
-- partition counts up, so that running consumers read again which keys are set aside; it does not move.
create function %SCHEMA%.drain_letters(drained json) returns void
language plpgsql set search_path = %SCHEMA%, pg_temp as $$
declare
  missed json;
begin
  perform 1 from cursors c
    where (c.consumer, c.source, c.partition) in (
      select l.consumer, l.source, l.partition
      from json_to_recordset(drained) as l(consumer text, source text, partition integer))
    order by c.consumer, c.source, c.partition for update of c;
  update cursors c set version = c.version + 1
    where (c.consumer, c.source, c.partition) in (
      select l.consumer, l.source, l.partition
      from json_to_recordset(drained) as l(consumer text, source text, partition integer));
  with done as (
    delete from dead_letters d
      using json_to_recordset(drained) as l(consumer text, source text, position bigint, index integer)
      where d.consumer = l.consumer and d.source = l.source and d.position = l.position and d.index = l.index
        and not exists (
          select 1 from dead_letters e
          where e.consumer = d.consumer and e.source = d.source and e.key = d.key
            and (e.position, e.index) < (d.position, d.index)
            and (e.position, e.index) not in (
              select l.position, l.index
              from json_to_recordset(drained) as l(consumer text, source text, position bigint, index integer)
              where l.consumer = e.consumer and l.source = e.source))
      returning d.consumer, d.source, d.position, d.index)
  select json_agg(concat_ws(' ', l.consumer, l.source, l.position, l.index)) into missed
    from json_to_recordset(drained) as l(consumer text, source text, position bigint, index integer)
    where (l.consumer, l.source, l.position, l.index) not in (
      select d.consumer, d.source, d.position, d.index from done d);
  if missed is not null then
    raise exception 'a letter is gone' using errcode = 'MD004', detail = missed::text;
  end if;
end $$;

-- One commit for many commands, in one round trip: no lock is ever held while waiting for Node (MECHANISMS.md §2.4).
-- Locks are taken in one order by everyone: cursors, commands, state rows by key, work, head, facts.
-- MD001: a row is not at the version it was read at, or a command was done meanwhile: read again, decide again.
-- MD002: the lease on a piece of work was lost. MD003: a cursor has moved. MD004: a letter is gone. The detail of these
-- three is a JSON list of those concerned, so that they alone are refused.
-- Plans are kept: one made while a table was small would read all of it for ever, so each row is looked up by its key.
create function %SCHEMA%.commit_batch(batch json) returns bigint
language plpgsql set search_path = %SCHEMA%, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  part record;
  touched integer;
  missed json;
  first bigint;
  fact_count integer;
begin
  -- Taken apart once: each batch->'…' would read the whole text again, and did so thirty times.
  select * into part from json_to_record(batch) as parts(
    cursors json, letters json, drained json, commands json, changed json, removed json, created json,
    settled json, released json, dropped json, work json, facts json);
  fact_count := json_array_length(part.facts);
  if part.cursors is not null then perform move_cursors(part.cursors); end if;
  if part.letters is not null then perform bury(part.letters); end if;
  if part.drained is not null then perform drain_letters(part.drained); end if;

  if part.commands is not null then
    insert into commands (id, stream, body_hash, at)
    select c.id, c.stream, c.body_hash, c.at
    from json_to_recordset(part.commands) as c(id text, stream text, body_hash text, at timestamptz)
    order by c.id
    on conflict do nothing;
    get diagnostics touched = row_count;
    if touched <> json_array_length(part.commands) then
      raise exception 'a command was done meanwhile' using errcode = 'MD001';
    end if;
  end if;

  if part.changed is not null then
    if json_array_length(part.changed) > 1 then
      perform 1 from states s
        where s.key = any (array(select c.key from json_to_recordset(part.changed) as c(key text)))
        order by s.key for update;
    end if;
    update states s set version = c.version, data = c.data
      from json_to_recordset(part.changed) as c(key text, was bigint, version bigint, data jsonb)
      where s.key = c.key and s.version = c.was;
    get diagnostics touched = row_count;
    if touched <> json_array_length(part.changed) then
      raise exception 'a row has changed' using errcode = 'MD001';
    end if;
  end if;

  if part.removed is not null then
    delete from states s
      using json_to_recordset(part.removed) as c(key text, was bigint)
      where s.key = c.key and s.version = c.was;
    get diagnostics touched = row_count;
    if touched <> json_array_length(part.removed) then
      raise exception 'a row has changed' using errcode = 'MD001';
    end if;
  end if;

  if part.created is not null then
    insert into states (key, version, data)
    select c.key, c.version, c.data
    from json_to_recordset(part.created) as c(key text, version bigint, data jsonb)
    order by c.key
    on conflict do nothing;
    get diagnostics touched = row_count;
    if touched <> json_array_length(part.created) then
      raise exception 'a row was made meanwhile' using errcode = 'MD001';
    end if;
  end if;

  if part.settled is not null then
    with done as (
      delete from work w
        using json_to_recordset(part.settled) as s(key text, fence bigint)
        where w.key = s.key and w.fence = s.fence
        returning w.key)
    select json_agg(s.key) into missed
      from json_to_recordset(part.settled) as s(key text)
      where s.key not in (select d.key from done d);
    if missed is not null then
      raise exception 'the lease was lost' using errcode = 'MD002', detail = missed::text;
    end if;
  end if;
  if part.released is not null then
    delete from work w
      using json_to_recordset(part.released) as s(key text, fence bigint)
      where w.key = s.key and w.fence = s.fence;
  end if;
  if part.dropped is not null then
    delete from work w where w.key in (select json_array_elements_text(part.dropped));
  end if;
  if part.work is not null then
    insert into work (key, kind, stream, data, due_at, lease_until, fence, traceparent)
    select w.key, w.kind, w.stream, w.data, w.due_at,
      clock_timestamp() + w.lease_ms * interval '1 millisecond', w.fence, w.traceparent
    from json_to_recordset(part.work) as w(
      key text, kind text, stream text, data jsonb, due_at timestamptz, lease_ms integer, fence bigint,
      traceparent text)
    on conflict (key) do update set kind = excluded.kind, stream = excluded.stream, data = excluded.data,
      due_at = excluded.due_at, attempt = 0, lease_until = excluded.lease_until, fence = excluded.fence,
      traceparent = excluded.traceparent, error = null;
  end if;

  if fact_count > 0 then
    update head set position = position + fact_count returning position - fact_count into first;
    insert into facts (position, stream, version, type, data, meta, at)
    select first + f.n, f.stream, f.version, f.type, f.data, f.meta, f.at
    from json_to_recordset(part.facts) as f(
      n bigint, stream text, version bigint, type text, data jsonb, meta jsonb, at timestamptz);
  end if;
  return first;
end $$;

-- Applies events to views: the SQL of each projection with its rows, in the commit that moves the cursors.
create function %SCHEMA%.apply_events(moves json, letters json, drained json, statements text[], rows json)
returns void
language plpgsql set search_path = %SCHEMA%, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
  perform move_cursors(moves);
  if json_array_length(letters) > 0 then perform bury(letters); end if;
  if json_array_length(drained) > 0 then perform drain_letters(drained); end if;
  for i in 1 .. coalesce(array_length(statements, 1), 0) loop
    execute statements[i] using rows->(i - 1);
  end loop;
end $$;

-- Takes due work under a lease. Only the lease uses SQL time; what is due is told by the shop's clock.
create function %SCHEMA%.lease_work(now_at timestamptz, most integer, lease_ms integer, token bigint)
returns setof %SCHEMA%.work
language sql set search_path = %SCHEMA%, pg_temp as $$
  update work w set lease_until = clock_timestamp() + lease_ms * interval '1 millisecond', fence = token,
    attempt = w.attempt + 1
  -- An array is made once; a subquery with a limit may be run again for each row of a join.
  where w.key = any (array(
    select d.key from work d
    where d.due_at <= now_at and (d.lease_until is null or d.lease_until < clock_timestamp())
    order by d.due_at limit most for update skip locked))
  returning w.*;
$$;
