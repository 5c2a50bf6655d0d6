import { isRefusal, type Refusal } from "#platform/core/decision.ts";
import { type Clock, epochMs, type Instant } from "#platform/core/time.ts";
import { Busy } from "#platform/http/problem.ts";
import { type Draft, isEmpty, live, type Rules, type StoredRow, type Unit, type Verdict } from "./batch.ts";
import type { Change, Rows, StoredFact, Task } from "./change.ts";
import { type DecidedUnit, decideBatch } from "./decide-batch.ts";
import { culpritsAmong, failureOf, isStale } from "./failure.ts";
import type { Watched } from "./meters.ts";
import { guarded } from "./once.ts";
import type { CommitWith, RecordStore } from "./record-store.ts";
import { createRowCache, type RowCache } from "./row-cache.ts";
import { isAtOnce, written } from "./written.ts";

/** What became of a unit: a verdict for each of its changes, and the end of the work that it started. */
export interface Committed {
  readonly verdicts: readonly (Verdict | Refusal)[];
  readonly started: Promise<void>;
}

export interface Batcher {
  /** @throws Busy when the queue is full; LeaseLost, CursorMoved, or what the database said of this unit alone. */
  submit(unit: Unit): Promise<Committed>;
  /** The row as this process last committed or read it, if it still has it. */
  recall(key: string): StoredRow | undefined;
  /** Units that wait to be taken into a batch. */
  queued(): number;
  /** Resolves when all that was submitted is answered. */
  drained(): Promise<void>;
}

export interface BatcherOptions {
  readonly store: RecordStore;
  readonly rules: Rules;
  readonly clock: Clock;
  readonly limits: BatchLimits;
  /** Of another function of the service in the same statement, over the facts of the batch (the ledger's postings). */
  readonly commitWith?: (facts: readonly StoredFact[], rows: Rows) => CommitWith | null;
  /**
   * Hears of each commit: facts with their positions for the feed, tasks to start at once; gives each task's end by
   * key.
   */
  readonly onCommit: (facts: readonly StoredFact[], tasks: readonly Task[]) => ReadonlyMap<string, Promise<void>>;
  /**
   * Hears of an `onCommit` that threw: its facts reach the feed by the next poll, its tasks the runner by their lease.
   */
  readonly onTellFailed?: (error: unknown) => void;
  readonly makeFence: () => number;
  readonly wait: (ms: number) => Promise<void>;
  readonly meters: BatchMeters;
}

export interface BatchLimits {
  /** Units in one commit, commits under way at once, units waiting before callers are told to come back. */
  readonly batchMax: number;
  readonly inFlightMax: number;
  readonly queueMax: number;
  /** Tries of a commit whose connection broke; eight times as many if another process only was faster. */
  readonly triesMax: number;
  readonly leaseMs: number;
}

export interface BatchMeters {
  committed(units: number, facts: number, tries: number): void;
  /** How long the oldest unit of a batch had waited when it was taken. */
  waited?(ms: number): void;
  /** A steady clock for waits, in ms. */
  readonly nowMs?: () => number;
  /** Is handed what can be asked at any moment, when the service begins. */
  watch?(watched: Watched): void;
}

interface Waiting {
  readonly unit: Unit;
  readonly sinceMs: number;
  readonly keys: readonly string[];
  readonly resolve: (committed: Committed) => void;
  readonly reject: (error: unknown) => void;
}

/** Rows that a service keeps in memory: some megabytes at most, and enough for all orders that are under way. */
const ROWS_KEPT = 1_000;

/** Each try is a toss between the processes that want the row: 100 lost ones in a row do not happen. */
const STALE_TRIES = 8;

const NOTHING: ReadonlyMap<string, Promise<void>> = new Map();
const DONE = Promise.resolve();

/**
 * Many commands, one commit (MECHANISMS.md §2): collects what arrives while the last commit is under way, reads all
 * rows at once, decides in memory in order of arrival, writes in one round trip, and only then answers.
 */
export function createBatcher(options: BatcherOptions): Batcher {
  const { limits, meters } = options;
  const queue: Waiting[] = [];
  const cache = createRowCache(ROWS_KEPT, () => epochMs(options.clock.now()));
  const busyKeys = new Set<string>();
  const idlers: (() => void)[] = [];
  let inFlight = 0;
  let isScheduled = false;

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    // After the microtasks and the sockets of this turn: what arrived together is committed together.
    setImmediate(() => {
      isScheduled = false;
      while (inFlight < limits.inFlightMax) {
        const batch = takeBatch(queue, busyKeys, limits.batchMax);
        if (batch.length === 0) break;
        inFlight += 1;
        if (meters.nowMs) meters.waited?.(meters.nowMs() - (batch[0]?.sinceMs ?? 0));
        for (const key of batch.flatMap((waiting) => waiting.keys)) busyKeys.add(key);
        void runBatch(options, cache, batch).finally(() => {
          inFlight -= 1;
          for (const key of batch.flatMap((waiting) => waiting.keys)) busyKeys.delete(key);
          if (queue.length > 0) schedule();
          else if (inFlight === 0) for (const idle of idlers.splice(0)) idle();
        });
      }
    });
  }

  return {
    recall: (key) => cache.get(key),
    queued: () => queue.length,
    submit: (given) =>
      new Promise((resolve, reject) => {
        if (queue.length >= limits.queueMax) return reject(new Busy("the queue of commands is full"));
        const unit = guarded(given, options.makeFence);
        queue.push({ unit, keys: keysOf(unit), sinceMs: meters.nowMs?.() ?? 0, resolve, reject });
        schedule();
      }),
    drained: () =>
      inFlight === 0 && queue.length === 0 ? Promise.resolve() : new Promise((resolve) => idlers.push(resolve)),
  };
}

/** A unit's rows and cursors. Two equal commands are about the same rows, or the database refuses the second. */
function keysOf(unit: Unit): string[] {
  const cursors = [...(unit.cursors ?? []), ...(unit.drained ?? [])].map(
    (move) => `cursor ${move.consumer} ${move.source} ${move.partition}`,
  );
  return [...rowKeysOf(unit), ...cursors];
}

function rowKeysOf(unit: Unit): string[] {
  return unit.changes.flatMap((change) => change.keys);
}

/** Takes from the front what touches no row in flight. What is passed over holds back later units on its own rows. */
function takeBatch(queue: Waiting[], busyKeys: ReadonlySet<string>, most: number): Waiting[] {
  if (busyKeys.size === 0) return queue.splice(0, most);
  const taken: Waiting[] = [];
  const left: Waiting[] = [];
  const heldBack = new Set<string>();
  for (const waiting of queue) {
    const isFree = taken.length < most && !waiting.keys.some((key) => busyKeys.has(key) || heldBack.has(key));
    if (isFree) taken.push(waiting);
    else {
      left.push(waiting);
      for (const key of waiting.keys) heldBack.add(key);
    }
  }
  queue.splice(0, queue.length, ...left);
  return taken;
}

/** Commits a batch; one that breaks for a reason of its own is halved until the culprit alone fails. */
async function runBatch(options: BatcherOptions, cache: RowCache, batch: readonly Waiting[]): Promise<void> {
  try {
    await commitBatch(options, cache, batch);
  } catch (error) {
    const culprits = new Set(culpritsAmong(batch, error));
    if (culprits.size > 0) {
      for (const waiting of culprits) waiting.reject(error);
      const others = batch.filter((waiting) => !culprits.has(waiting));
      return others.length > 0 ? runBatch(options, cache, others) : undefined;
    }
    if (batch.length === 1 || !failureOf(error).belongsToMember) {
      for (const waiting of batch) waiting.reject(error);
      return;
    }
    const middle = batch.length >> 1;
    await runBatch(options, cache, batch.slice(0, middle));
    await runBatch(options, cache, batch.slice(middle));
  }
}

async function commitBatch(options: BatcherOptions, cache: RowCache, batch: readonly Waiting[]): Promise<void> {
  const { store, limits } = options;
  const units = batch.map((waiting) => waiting.unit);
  const fence = options.makeFence();
  let broken = 0;
  for (let tries = 1; ; tries++) {
    try {
      const { on, decided, now } = await decideBatch(options, cache, units, tries === 1);
      if (isEmpty(on)) return answer(batch, decided, NOTHING);
      const rows = written(on, { ms: limits.leaseMs, fence }, now);
      const first = await store.commit(rows, options.commitWith?.(on.facts, live(on)) ?? null);
      remember(cache, on);
      options.meters.committed(batch.length, on.facts.length, tries);
      return answer(batch, decided, tell(options, placed(on, first), tasksAtOnce(on, fence, now)));
    } catch (error) {
      cache.forget(units.flatMap(rowKeysOf), isStale(error));
      // Whether the row was stale or the connection broke, the next try reads anew: commands that did land are found by
      // their id, cursors and leases by having moved, and only the others are decided again.
      if (!failureOf(error).mayPass || tries >= limits.triesMax * STALE_TRIES) throw error;
      // Who was slower tries again at once. A pause would hand a hot row to the faster process for good: with pauses
      // that doubled, one of two got 512 commands/s and the other 8,096; without, each gets its share.
      if (isStale(error)) continue;
      broken += 1;
      if (broken >= limits.triesMax) throw error;
      await options.wait(Math.min(200, broken === 1 ? 0 : 2 ** broken));
    }
  }
}

/**
 * Keeps the rows that facts were written to. A row without a history may be removed and made again by another process,
 * and have the same version with other contents: it is read each time.
 */
function remember(cache: RowCache, on: Draft): void {
  const streams = new Set(on.facts.map((fact) => fact.stream));
  for (const [key, row] of on.rows) {
    if (streams.has(key)) cache.set(key, row);
    else if (row.version !== row.was) cache.forget([key], false);
  }
}

/** After the commit nothing may look like a failed one: who repeated it would do everything twice. */
function tell(options: BatcherOptions, facts: readonly StoredFact[], tasks: readonly Task[]) {
  try {
    return options.onCommit(facts, tasks);
  } catch (error) {
    options.onTellFailed?.(error);
    return NOTHING;
  }
}

/**
 * Each waits for its own work only. Waiting for the whole batch's would be slow, and a circle where a task waits for
 * its neighbours' tasks, which wait for its place.
 */
function answer(
  batch: readonly Waiting[],
  decided: readonly DecidedUnit[],
  ends: ReadonlyMap<string, Promise<void>>,
): void {
  for (const [n, { verdicts, put }] of decided.entries()) {
    const own = put.flatMap((key) => ends.get(key) ?? []);
    batch[n]?.resolve({ verdicts, started: own.length === 0 ? DONE : Promise.all(own).then(() => {}) });
  }
}

function placed(on: Draft, first: number): StoredFact[] {
  return on.facts.map((fact, n) => ({ ...fact, position: first + n + 1 }));
}

function tasksAtOnce(on: Draft, fence: number, now: Instant): Task[] {
  return [...on.work].flatMap(([key, put]) =>
    put && isAtOnce(put, now) ? [{ ...put, data: put.data ?? null, attempt: 0, ref: { key, fence } }] : [],
  );
}

/** The verdict of a unit of one change. */
export async function submitChange(
  batcher: Batcher,
  change: Change,
): Promise<(Verdict & { started: Promise<void> }) | Refusal> {
  const { verdicts, started } = await batcher.submit({ changes: [change] });
  const verdict = verdicts[0] ?? { refused: "server.error" };
  return isRefusal(verdict) ? verdict : { ...verdict, started };
}
