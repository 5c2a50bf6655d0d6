import type { Instant } from "#platform/core/time.ts";
import type { CursorMove, Draft, DrainedLetter, EarlierCommand, Letter } from "./batch.ts";
import type { NewWork, StoredFact, WorkRef } from "./change.ts";

/** What `commit_batch` is to write: lists of rows, each in key order, absent where there is nothing. */
export interface Written {
  readonly now: Instant;
  readonly lease: Lease;
  readonly cursors?: readonly CursorMove[];
  readonly letters?: readonly Letter[];
  readonly drained?: readonly DrainedLetter[];
  readonly commands?: readonly (EarlierCommand & { readonly id: string })[];
  readonly changed?: readonly { readonly key: string; readonly was: number; readonly version: number; data: unknown }[];
  readonly removed?: readonly { readonly key: string; readonly was: number }[];
  readonly created?: readonly { readonly key: string; readonly version: number; readonly data: unknown }[];
  readonly settled?: readonly WorkRef[];
  /** Settled by who puts the same key again: the row is replaced, if the fence is still the one. */
  readonly kept?: readonly WorkRef[];
  readonly released?: readonly WorkRef[];
  readonly dropped?: readonly string[];
  /** Without a time: it starts at once, under the lease. */
  readonly work?: readonly (NewWork & { readonly traceparent: string })[];
  readonly facts: readonly StoredFact[];
}

/** What starts at once is born under this process's lease, so that no poller takes it up beside us. */
export interface Lease {
  readonly ms: number;
  readonly fence: number;
}

/**
 * The draft as rows to write. Everything is in key order, so that two processes never wait for each other in a circle;
 * absent parts are left out, so that a small batch runs few statements.
 */
export function written(on: Draft, lease: Lease, now: Instant): Written {
  const touched = [...on.rows].filter(([, row]) => row.version !== row.was).sort(byKey);
  const changed = [];
  const removed = [];
  const created = [];
  for (const [key, { was, version, data }] of touched) {
    const isGone = data === null || data === undefined;
    if (was > 0) isGone ? removed.push({ key, was }) : changed.push({ key, was, version, data });
    else if (!isGone) created.push({ key, version, data });
  }
  const work = [...on.work].sort(byKey);
  const settled = [...on.settled.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  return {
    ...{ now, lease, facts: on.facts },
    ...some("cursors", on.cursors),
    ...some("letters", on.letters),
    ...some("drained", on.drained),
    ...some(
      "commands",
      [...on.newCommands].sort(byKey).map(([id, command]) => ({ id, ...command })),
    ),
    ...some("changed", changed),
    ...some("removed", removed),
    ...some("created", created),
    ...some(
      "settled",
      settled.filter(({ key }) => !on.work.get(key)),
    ),
    ...some(
      "kept",
      settled.filter(({ key }) => on.work.get(key)),
    ),
    ...some("released", on.released),
    ...some(
      "dropped",
      work.filter(([, put]) => put === null).map(([key]) => key),
    ),
    ...some(
      "work",
      work.flatMap(([, put]) => (put ? [isAtOnce(put, now) ? startedNow(put) : put] : [])),
    ),
  };
}

/** True when this process starts the work itself, under the lease that it is written with. */
export function isAtOnce(put: NewWork, now: Instant): boolean {
  return put.dueAt === undefined || put.dueAt <= now;
}

function startedNow<Put extends NewWork>({ dueAt: _past, ...put }: Put): Omit<Put, "dueAt"> {
  return put;
}

function some<Name extends string, Item>(name: Name, list: readonly Item[]): { [key in Name]?: readonly Item[] } {
  return list.length > 0 ? ({ [name]: list } as { [key in Name]: readonly Item[] }) : {};
}

function byKey(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}
