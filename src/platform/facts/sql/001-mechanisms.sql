-- What every service keeps in its schema: MECHANISMS.md §1. Written by the platform, the same for all.

create table %SCHEMA%.states (
  key text primary key,
  version bigint not null check (version > 0),
  data json not null,
  -- The little of it that lists, constraints and indexes look for, binary: own columns are generated from it.
  facets jsonb
) with (fillfactor = 80);
alter table %SCHEMA%.states alter column facets set statistics 0; -- Sorting samples of them was a tenth of all work.

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
  data json not null,
  meta json not null,
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
create function %SCHEMA%.move_cursors(
  consumers text[], sources text[], partitions bigint[], versions bigint[], positions bigint[], indexes bigint[],
  offsets bigint[])
returns void language plpgsql set search_path = %SCHEMA%, pg_temp as $$
declare moved text[]; begin
  with done as (
    update cursors c set position = m.position, index = m.index, version = c.version + 1,
        "offset" = coalesce(nullif(m."offset", -1), c."offset")
      from unnest(consumers, sources, partitions, versions, positions, indexes, offsets)
        as m(consumer, source, partition, version, position, index, "offset")
      where c.consumer = m.consumer and c.source = m.source and c.partition = m.partition and c.version = m.version
      returning concat_ws(' ', c.consumer, c.source, c.partition) as name)
  select coalesce(array_agg(d.name), '{}') into moved from done d;
  if cardinality(moved) < cardinality(consumers) then
    raise exception 'a cursor has moved' using errcode = 'MD003', detail = (
      select json_agg(concat_ws(' ', m.consumer, m.source, m.partition))
      from unnest(consumers, sources, partitions) as m(consumer, source, partition)
      where concat_ws(' ', m.consumer, m.source, m.partition) <> all (moved));
  end if;
end $$;

create function %SCHEMA%.bury(letters json) returns void
language sql set search_path = %SCHEMA%, pg_temp as $$
  insert into dead_letters (consumer, source, position, index, partition, key, event, error, attempts, at)
  select consumer, source, position, index, partition, key, event, error, attempts, at
  from json_populate_recordset(null::dead_letters, letters) on conflict do nothing;
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

-- Refuses (MD002) when some of the leases were not found: somebody else has taken up that work.
create function %SCHEMA%.check_leases(wanted text[], held text[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if cardinality(held) < cardinality(wanted) then
    raise exception 'the lease was lost' using errcode = 'MD002',
      detail = (select json_agg(key) from unnest(wanted) as key where key <> all (held));
  end if;
end $$;

-- One commit for many commands, in one round trip: no lock is ever held while waiting for Node (MECHANISMS.md §2.4).
-- Locks are taken in one order by everyone: cursors, commands, state rows by key, work, head, facts.
-- MD001: a row is not at the version it was read at: read again, decide again. The same goes for a row or a command
-- that is there already, 23505: nothing is offered and taken back (on conflict), which cost a third more.
-- MD002: the lease on a piece of work was lost. MD003: a cursor has moved. MD004: a letter is gone. The detail of these
-- three is a JSON list of those concerned, so that they alone are refused.
-- Rows come as one array for each column, sorted by key, null where there are none: as JSON they cost three times as
-- much (docs/why/034). Plans are kept: one made while a table was small would read all of it for ever, so each row is
-- looked up by its key, in the order of the arrays.
create function %SCHEMA%.commit_batch(
  now_at timestamptz, lease_ms integer, own_fence bigint,
  cursor_consumers text[], cursor_sources text[], cursor_partitions bigint[], cursor_versions bigint[],
  cursor_positions bigint[], cursor_indexes bigint[], cursor_offsets bigint[],
  letters json, drained json,
  command_ids text[], command_streams text[], command_hashes text[],
  changed_keys text[], changed_was bigint[], changed_versions bigint[], changed_data text[],
  changed_facets text[],
  removed_keys text[], removed_was bigint[],
  created_keys text[], created_versions bigint[], created_data text[], created_facets text[],
  settled_keys text[], settled_fences bigint[],
  released_keys text[], released_fences bigint[],
  dropped_keys text[],
  kept_keys text[], kept_fences bigint[],
  work_keys text[], work_kinds text[], work_streams text[], work_data text[], work_dues text[],
  work_traceparents text[],
  fact_streams text[], fact_versions bigint[], fact_types text[], fact_data text[], fact_metas text[])
returns bigint
language plpgsql set search_path = %SCHEMA%, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  n integer;
  done text[];
  first bigint;
  fact_count integer := coalesce(cardinality(fact_streams), 0);
begin
  if cursor_consumers is not null then perform move_cursors(cursor_consumers, cursor_sources, cursor_partitions,
    cursor_versions, cursor_positions, cursor_indexes, cursor_offsets); end if;
  if letters is not null then perform bury(letters); end if;
  if drained is not null then perform drain_letters(drained); end if;

  if command_ids is not null then
    insert into commands (id, stream, body_hash, at)
    select c.id, c.stream, c.body_hash, now_at
    from unnest(command_ids, command_streams, command_hashes) as c(id, stream, body_hash);
  end if;

  if changed_keys is not null then
    update states s set version = c.version, data = c.data::json, facets = c.facets::jsonb
      from unnest(changed_keys, changed_was, changed_versions, changed_data, changed_facets)
        as c(key, was, version, data, facets)
      where s.key = c.key and s.version = c.was;
    get diagnostics n = row_count;
    if n <> cardinality(changed_keys) then raise exception 'a row has changed' using errcode = 'MD001'; end if;
  end if;

  if removed_keys is not null then
    delete from states s
      using unnest(removed_keys, removed_was) as c(key, was)
      where s.key = c.key and s.version = c.was;
    get diagnostics n = row_count;
    if n <> cardinality(removed_keys) then raise exception 'a row has changed' using errcode = 'MD001'; end if;
  end if;

  if created_keys is not null then
    insert into states (key, version, data, facets)
    select c.key, c.version, c.data::json, c.facets::jsonb
    from unnest(created_keys, created_versions, created_data, created_facets) as c(key, version, data, facets);
  end if;

  if settled_keys is not null then
    with gone as (
      delete from work w using unnest(settled_keys, settled_fences) as s(key, fence)
        where w.key = s.key and w.fence = s.fence
        returning w.key)
    select coalesce(array_agg(g.key), '{}') into done from gone g;
    perform check_leases(settled_keys, done);
  end if;
  if released_keys is not null then
    delete from work w using unnest(released_keys, released_fences) as s(key, fence)
      where w.key = s.key and w.fence = s.fence;
  end if;
  if dropped_keys is not null then delete from work w where w.key = any (dropped_keys); end if;
  -- What settles and puts the same key holds its row until it is replaced below.
  if kept_keys is not null then
    with held as (
      select w.key from work w join unnest(kept_keys, kept_fences) as s(key, fence)
        on w.key = s.key and w.fence = s.fence
        for update of w)
    select coalesce(array_agg(h.key), '{}') into done from held h;
    perform check_leases(kept_keys, done);
  end if;
  if work_keys is not null then
    delete from work w where w.key = any (work_keys);
    insert into work (key, kind, stream, data, due_at, lease_until, fence, traceparent)
    select w.key, w.kind, w.stream, w.data::jsonb, coalesce(w.due::timestamptz, now_at),
      case when w.due is null then clock_timestamp() + lease_ms * interval '1 millisecond' end,
      own_fence, w.traceparent
    from unnest(work_keys, work_kinds, work_streams, work_data, work_dues, work_traceparents)
      as w(key, kind, stream, data, due, traceparent);
  end if;

  if fact_count > 0 then
    update head set position = position + fact_count returning position - fact_count into first;
    insert into facts (position, stream, version, type, data, meta, at)
    select first + f.n, f.stream, f.version, f.type, f.data::json, f.meta::json, now_at
    from unnest(fact_streams, fact_versions, fact_types, fact_data, fact_metas) with ordinality
      as f(stream, version, type, data, meta, n);
  end if;
  return first;
end $$;

-- Applies events to views: the SQL of each projection with its rows, in the commit that moves the cursors.
create function %SCHEMA%.apply_events(
  cursor_consumers text[], cursor_sources text[], cursor_partitions bigint[], cursor_versions bigint[],
  cursor_positions bigint[], cursor_indexes bigint[], cursor_offsets bigint[], letters json, drained json,
  statements text[], rows json)
returns void
language plpgsql set search_path = %SCHEMA%, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
  if cursor_consumers is not null then perform move_cursors(cursor_consumers, cursor_sources, cursor_partitions,
    cursor_versions, cursor_positions, cursor_indexes, cursor_offsets); end if;
  if letters is not null then perform bury(letters); end if;
  if drained is not null then perform drain_letters(drained); end if;
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
