import type { Sql } from "#platform/db/sql.ts";
import type { AnyService } from "#platform/service.ts";
import { openBoundary } from "./boundary.ts";
import type { StoredFact } from "./change.ts";
import { createRecordStore, type RecordStore } from "./record-store.ts";

export interface ReplayOf {
  /** Only this stream; absent: all of them. */
  readonly stream?: string;
  /** Facts up to and with this instant: the state as it was then (G21). */
  readonly until?: string;
}

/** A stream's state as its facts make it. */
export interface Replayed {
  readonly version: number;
  readonly data: unknown;
}

const AT_ONCE = 1_000;

/**
 * Rebuilds states from facts (MECHANISMS.md §1): for questions about the past, for a rebuild, and for the check that
 * replay equals live. Reads the log in pages, so that its length does not matter to memory; the states do.
 */
export async function replay(
  store: Pick<RecordStore, "facts" | "factsOf">,
  evolve: AnyService["evolve"],
  of: ReplayOf = {},
): Promise<Map<string, Replayed>> {
  const states = new Map<string, Replayed>();
  for (let after = 0; ; ) {
    const page =
      of.stream === undefined ? await store.facts(after, AT_ONCE) : await store.factsOf(of.stream, after, AT_ONCE);
    for (const fact of page) {
      if (of.until === undefined || fact.at <= of.until) states.set(fact.stream, next(states, fact, evolve));
    }
    if (page.length < AT_ONCE) return states;
    after = page.at(-1)?.position ?? after;
  }
}

function next(states: ReadonlyMap<string, Replayed>, fact: StoredFact, evolve: AnyService["evolve"]): Replayed {
  return { version: fact.version, data: evolve(states.get(fact.stream)?.data, fact) };
}

/** A stream whose row is not what its facts make of it. */
export interface Unequal {
  readonly key: string;
  readonly live: unknown;
  readonly replayed: unknown;
}

/**
 * Compares every row that has a history with the replay of its facts. For a service at rest: what is written meanwhile
 * shows as unequal. Rows without facts (`Accepted.rows`) have no history and are passed over; one written in both ways
 * shows as unequal, and is.
 */
export async function replayEqualsLive(sql: Sql, service: Pick<AnyService, "name" | "evolve">): Promise<Unequal[]> {
  // One connection may serve several schemas here, so each has statements of its own name.
  const rows: Sql["rows"] = (name, text, values) => sql.rows(`${service.name}_${name}`, text, values);
  const states = await replay(createRecordStore(service.name, { rows }, openBoundary), service.evolve);
  const text = `select s.key, s.version, s.data from "${service.name}".states s`;
  const found = await rows<{ key: string; version: number; data: unknown }>("replay_live", text);
  const live = new Map(found.map((row) => [row.key, row]));
  return [...states].flatMap(([key, { version, data }]) => {
    const row = live.get(key);
    const isEqual = row?.version === version && canonical(row.data) === canonical(data);
    return isEqual ? [] : [{ key, live: row ?? null, replayed: { version, data } }];
  });
}

/** As jsonb keeps it: no order of the keys, nothing that is undefined. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
