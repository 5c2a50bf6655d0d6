import type { Instant } from "#platform/core/time.ts";
import { bigintColumn, textColumn } from "#platform/db/columns.ts";
import { staleSqlState } from "#platform/db/errors.ts";
import type { CursorMove, EarlierCommand, Loaded, StoredRow } from "./batch.ts";
import type { Boundary } from "./boundary.ts";
import type { StoredFact } from "./change.ts";
import type { Written } from "./written.ts";

/** The little that the mechanisms need of a database connection: named statements on this service's schema. */
export interface Statements {
  rows<Row>(name: string, text: string, values: readonly unknown[]): Promise<Row[]>;
}

/** Another function of the service's schema, always the same one, in the statement that commits. */
export interface CommitWith {
  readonly function: string;
  readonly values: readonly unknown[];
}

/** The SQL side of the batcher: one statement to read, one to write. */
export interface RecordStore {
  load(keys: readonly string[], commandIds: readonly string[]): Promise<Loaded>;
  /** @returns the position before the first fact of the batch. @throws what PostgreSQL said; see classify(). */
  commit(batch: Written, extra: CommitWith | null): Promise<number>;
  lease(now: Instant, most: number, leaseMs: number, fence: number): Promise<LeasedWork[]>;
  putOff(key: string, fence: number, dueAt: Instant, error: string): Promise<void>;
  head(): Promise<number>;
  facts(after: number, limit: number): Promise<StoredFact[]>;
  /** The facts of one stream after a position. */
  factsOf(stream: string, after: number, limit: number): Promise<StoredFact[]>;
  /** How many pieces of work are due that nobody has under lease. */
  overdue(now: Instant): Promise<number>;
}

export interface LeasedWork {
  readonly key: string;
  readonly kind: string;
  readonly stream: string;
  readonly data: unknown;
  readonly attempt: number;
  readonly fence: number;
  readonly traceparent: string;
}

interface LoadedRow {
  readonly command: string | null;
  readonly key: string;
  readonly version: number | null;
  readonly data: unknown;
  readonly body_hash: string | null;
}

/** What is looked for in a row, as flat JSON; undefined when nothing is. */
export type FacetsOf = (key: string, data: unknown) => Readonly<Record<string, unknown>> | undefined;

type FacetsText = (key: string, data: unknown) => string | null;

export function createRecordStore(
  schema: string,
  statements: Statements,
  boundary: Boundary,
  facetsOf: FacetsOf = () => undefined,
): RecordStore {
  const facets: FacetsText = (key, data) => JSON.stringify(facetsOf(key, data)) ?? null;
  const at = `"${schema}"`;
  const loadRows = `select null as command, s.key, s.version, s.data, null as body_hash
    from ${at}.states s where s.key = any ($1)`;
  const loadAll = `${loadRows}
    union all select c.id, c.stream, s.version, s.data, c.body_hash
    from ${at}.commands c left join ${at}.states s on s.key = c.stream where c.id = any ($2)`;
  return {
    load: async (keys, commandIds) =>
      sorted(
        commandIds.length === 0
          ? await statements.rows<LoadedRow>("load_rows", loadRows, [keys])
          : await statements.rows<LoadedRow>("load_all", loadAll, [keys, commandIds]),
      ),
    commit: (batch, extra) =>
      boundary({ kind: "commit", name: schema }, async () => {
        const columns = columnsOf(batch, facets);
        const commit = `select ${at}.commit_batch(${places(columns)}) as first`;
        const [row] = extra
          ? await statements.rows<{ first: number | null }>(
              "commit_with",
              `${commit}, ${at}.${extra.function}(${places(extra.values, columns.length)})`,
              [...columns, ...extra.values],
            )
          : await statements.rows<{ first: number | null }>("commit_batch", commit, columns);
        return row?.first ?? 0;
      }).catch((error: unknown) => {
        throw isThere(error) ? Object.assign(new Error("it was made meanwhile"), { code: staleSqlState }) : error;
      }),
    lease: (now, most, leaseMs, fence) =>
      statements.rows<LeasedWork>("lease_work", `select * from ${at}.lease_work($1, $2, $3, $4)`, [
        now,
        most,
        leaseMs,
        fence,
      ]),
    putOff: async (key, fence, dueAt, error) => {
      const text = `update ${at}.work set due_at = $3, lease_until = null, error = $4 where key = $1 and fence = $2`;
      await statements.rows("put_off", text, [key, fence, dueAt, error]);
    },
    head: async () => {
      const [row] = await statements.rows<{ position: number }>("head", `select position from ${at}.head`, []);
      return row?.position ?? 0;
    },
    facts: (after, limit) =>
      statements.rows<StoredFact>(
        "facts_after",
        `select position, stream, version, type, data, meta, at from ${at}.facts
         where position > $1 order by position limit $2`,
        [after, limit],
      ),
    factsOf: (stream, after, limit) =>
      statements.rows<StoredFact>(
        "facts_of",
        `select position, stream, version, type, data, meta, at from ${at}.facts
         where stream = $1 and position > $2 order by version limit $3`,
        [stream, after, limit],
      ),
    overdue: async (now) => {
      const text = `select count(*) as overdue from ${at}.work w
        where w.due_at <= $1 and (w.lease_until is null or w.lease_until < clock_timestamp())`;
      const [row] = await statements.rows<{ overdue: number }>("overdue", text, [now]);
      return row?.overdue ?? 0;
    },
  };
}

const EXPECTED_NEW: readonly unknown[] = ["states", "commands", "work"];

/** What was expected to be new is there, made meanwhile: the decision rests on less than there is. */
function isThere(error: unknown): boolean {
  const { code, table } = error as { readonly code?: unknown; readonly table?: unknown };
  return code === "23505" && EXPECTED_NEW.includes(table);
}

/** `$1,$2,…` for these values, after those that stand `before` them. */
function places(values: readonly unknown[], before = 0): string {
  return values.map((_, n) => `$${before + n + 1}`).join();
}

/** The parameters of `commit_batch`, in its order. */
function columnsOf(batch: Written, facets: FacetsText): unknown[] {
  const { now, lease, commands, changed, removed, created, settled, released, dropped, kept, work, facts } = batch;
  return [
    ...[now, lease.ms, lease.fence],
    ...cursorColumns(batch.cursors),
    ...[json(batch.letters), json(batch.drained)],
    ...[texts(commands, (one) => one.id), texts(commands, (one) => one.stream), texts(commands, (one) => one.bodyHash)],
    ...[texts(changed, (row) => row.key), numbers(changed, (row) => row.was), numbers(changed, (row) => row.version)],
    texts(changed, (row) => JSON.stringify(row.data)),
    texts(changed, (row) => facets(row.key, row.data)),
    ...[texts(removed, (row) => row.key), numbers(removed, (row) => row.was)],
    ...[texts(created, (row) => row.key), numbers(created, (row) => row.version)],
    texts(created, (row) => JSON.stringify(row.data)),
    texts(created, (row) => facets(row.key, row.data)),
    ...[texts(settled, (one) => one.key), numbers(settled, (one) => one.fence)],
    ...[texts(released, (one) => one.key), numbers(released, (one) => one.fence)],
    texts(dropped, (key) => key),
    ...[texts(kept, (one) => one.key), numbers(kept, (one) => one.fence)],
    ...[texts(work, (put) => put.key), texts(work, (put) => put.kind), texts(work, (put) => put.stream)],
    texts(work, (put) => JSON.stringify(put.data) ?? null),
    texts(work, (put) => put.dueAt ?? null),
    texts(work, (put) => put.traceparent),
    ...[texts(facts, (fact) => fact.stream), numbers(facts, (fact) => fact.version), texts(facts, (fact) => fact.type)],
    ...[texts(facts, (fact) => JSON.stringify(fact.data)), texts(facts, (fact) => JSON.stringify(fact.meta))],
  ];
}

/** What came from memory leaves the bus's offset where it is. */
const OFFSET_STAYS = -1;

/** The first parameters of `move_cursors` and of what calls it. */
export function cursorColumns(moves: readonly CursorMove[] = []): unknown[] {
  return [
    ...[texts(moves, (move) => move.consumer), texts(moves, (move) => move.source)],
    ...[numbers(moves, (move) => move.partition), numbers(moves, (move) => move.was)],
    ...[numbers(moves, (move) => move.position), numbers(moves, (move) => move.index)],
    numbers(moves, (move) => move.offset ?? OFFSET_STAYS),
  ];
}

function texts<Row>(rows: readonly Row[] | undefined, pick: (row: Row) => string | null): Buffer | null {
  return rows && rows.length > 0 ? textColumn(rows.map(pick)) : null;
}

function numbers<Row>(rows: readonly Row[] | undefined, pick: (row: Row) => number): Buffer | null {
  return rows && rows.length > 0 ? bigintColumn(rows.map(pick)) : null;
}

/** What is rare travels as JSON. */
export function json(rows: readonly unknown[] | undefined): string | null {
  return rows && rows.length > 0 ? JSON.stringify(rows) : null;
}

function sorted(found: readonly LoadedRow[]): Loaded {
  const rows = new Map<string, StoredRow>();
  const commands = new Map<string, EarlierCommand>();
  for (const { command, key, version, data, body_hash } of found) {
    if (version !== null) rows.set(key, { version, data });
    if (command !== null) commands.set(command, { stream: key, bodyHash: body_hash ?? "" });
  }
  return { rows, commands };
}
