import { isRefusal, type Refusal } from "#platform/core/decision.ts";
import type { Instant } from "#platform/core/time.ts";
import type { Accepted, Change, CommandRefusal, FactMeta, NewWork, Rows, Step, StoredFact, WorkRef } from "./change.ts";
import { leaseLost } from "./failure.ts";
import { isOnce } from "./once.ts";

/** A state row as it was read. */
export interface StoredRow {
  readonly version: number;
  readonly data: unknown;
}

/** An earlier command: what it was about, and the hash of its body. */
export interface EarlierCommand {
  readonly stream: string;
  readonly bodyHash: string;
}

export interface Loaded {
  readonly rows: ReadonlyMap<string, StoredRow>;
  readonly commands: ReadonlyMap<string, EarlierCommand>;
}

/** A cursor as the consumer read it, and where it goes in this commit. */
export interface CursorMove {
  readonly consumer: string;
  readonly source: string;
  readonly partition: number;
  readonly was: number;
  readonly position: number;
  readonly index: number;
  /** Where the bus reads on; absent: the events came from memory, and it stays as it is. */
  readonly offset?: number;
}

/** An event that is set aside, with all that is needed to take it up again. */
export interface Letter {
  readonly consumer: string;
  readonly source: string;
  readonly position: number;
  readonly index: number;
  readonly partition: number;
  readonly key: string;
  readonly event: unknown;
  readonly error: string;
  readonly attempts: number;
  readonly at: Instant;
}

/** A letter that is applied now: it leaves the pile in the same commit, if it is still the first of its key. */
export interface DrainedLetter {
  readonly consumer: string;
  readonly source: string;
  readonly partition: number;
  readonly position: number;
  readonly index: number;
}

/** What must stand or fall together: one command, or all that a consumer makes of some events, with its cursors. */
export interface Unit {
  readonly changes: readonly Change[];
  readonly cursors?: readonly CursorMove[];
  readonly letters?: readonly Letter[];
  readonly drained?: readonly DrainedLetter[];
}

/** The pure part of a service that a batch needs. */
export interface Rules {
  readonly evolve: (state: unknown, fact: StoredFact) => unknown;
  readonly follow?: (fact: StoredFact, rows: Rows) => readonly Step[];
}

export interface Verdict {
  readonly rows: Rows;
  readonly repeated: boolean;
  readonly stream: string;
}

interface Row {
  readonly was: number;
  readonly version: number;
  readonly data: unknown;
}

/** What a batch writes, in memory: what each command decides on is what the ones before it left. */
export interface Draft {
  readonly rows: Map<string, Row>;
  readonly commands: Map<string, EarlierCommand>;
  readonly newCommands: Map<string, EarlierCommand>;
  readonly facts: StoredFact[];
  readonly work: Map<string, (NewWork & { readonly traceparent: string }) | null>;
  /** Keys of the work that was put since somebody last took this list. */
  readonly put: string[];
  readonly settled: Map<string, WorkRef>;
  /** Work whose command had been done before: it goes too, if somebody has not taken it up meanwhile. */
  readonly released: WorkRef[];
  readonly cursors: CursorMove[];
  readonly letters: Letter[];
  readonly drained: DrainedLetter[];
}

export function draft(loaded: Loaded): Draft {
  const rows = new Map<string, Row>();
  for (const [key, row] of loaded.rows) rows.set(key, { was: row.version, version: row.version, data: row.data });
  return {
    rows,
    commands: new Map(loaded.commands),
    newCommands: new Map(),
    facts: [],
    work: new Map(),
    put: [],
    settled: new Map(),
    released: [],
    cursors: [],
    letters: [],
    drained: [],
  };
}

/**
 * Decides one change on the draft and enters what it does. A refusal changes nothing and is not remembered: the same
 * command later is decided anew (MECHANISMS.md §2.3).
 */
export function decideChange(
  on: Draft,
  change: Change,
  rules: Rules,
  now: Instant,
): Verdict | Refusal<string | CommandRefusal> {
  const { command } = change;
  const earlier = command && on.commands.get(command.id);
  if (command && earlier) {
    if (earlier.bodyHash !== command.bodyHash) return { refused: "request.key_reused" };
    if (change.settles) on.released.push(change.settles);
    return { rows: snapshot(on, [earlier.stream, ...change.keys]), repeated: true, stream: earlier.stream };
  }
  const decision = change.decide(snapshot(on, change.keys), now);
  if (isRefusal(decision)) return decision;
  enter(on, change, decision, rules, now);
  const stream = change.keys[0] ?? "";
  if (command) {
    const done = { stream, bodyHash: command.bodyHash };
    on.commands.set(command.id, done);
    on.newCommands.set(command.id, done);
  }
  return { rows: snapshot(on, change.keys), repeated: false, stream };
}

function enter(on: Draft, change: Change, decision: Accepted, rules: Rules, now: Instant): void {
  const { traceparent } = change;
  if (change.settles) {
    // Two owners in one batch, or one whose work a neighbour has put anew: apart from each other, the database compares
    // the fence of each.
    if (on.settled.has(change.settles.key) || on.work.has(change.settles.key)) throw leaseLost();
    on.settled.set(change.settles.key, change.settles);
  }
  const asked = new Set(change.keys);
  const meta: FactMeta = {
    traceparent,
    ...(change.command && !isOnce(change.command) ? { commandId: change.command.id } : {}),
    ...(change.actor === undefined ? {} : { actor: change.actor }),
  };
  for (const [key, data] of Object.entries(decision.rows ?? {})) {
    assertAsked(asked, key);
    const row = on.rows.get(key);
    on.rows.set(key, { was: row?.was ?? 0, version: (row?.version ?? 0) + 1, data });
  }
  for (const fact of decision.facts ?? []) {
    assertAsked(asked, fact.stream);
    const row = on.rows.get(fact.stream);
    // Its position is known at the commit; the database counts from here.
    const stored: StoredFact = { ...fact, position: on.facts.length, version: (row?.version ?? 0) + 1, at: now, meta };
    const data = rules.evolve(row?.data ?? undefined, stored);
    // Without a row the next fact would be the first one again, and the log refuses a version that it has.
    if (data === null || data === undefined) throw new Error(`the stream "${fact.stream}" has a history and no state`);
    on.rows.set(fact.stream, { was: row?.was ?? 0, version: stored.version, data });
    on.facts.push(stored);
    if (rules.follow) enterSteps(on, rules.follow(stored, live(on)), traceparent);
  }
  enterSteps(on, decision.work ?? [], traceparent);
}

/** What was not read would be taken for new: refused by the database for ever, and with it the whole batch. */
function assertAsked(asked: ReadonlySet<string>, key: string): void {
  if (!asked.has(key)) throw new Error(`the change writes "${key}", which it did not ask for`);
}

function enterSteps(on: Draft, steps: readonly Step[], traceparent: string): void {
  for (const step of steps) {
    if ("put" in step) {
      on.work.set(step.put.key, { ...step.put, traceparent });
      on.put.push(step.put.key);
    } else if ("settle" in step) on.work.set(step.settle, null);
  }
}

/** The rows as they are at this moment of the draft, whatever happens to it later. */
function snapshot(on: Draft, keys: readonly string[]): Rows {
  const values = new Map(keys.map((key) => [key, on.rows.get(key)?.data ?? undefined]));
  return { get: <State>(key: string) => values.get(key) as State | undefined };
}

/** The rows as they stand, whatever is yet to come. */
export function live(on: Draft): Rows {
  return { get: <State>(key: string) => (on.rows.get(key)?.data ?? undefined) as State | undefined };
}

/** True when the draft would write nothing at all. */
export function isEmpty(on: Draft): boolean {
  return (
    on.facts.length === 0 &&
    on.cursors.length === 0 &&
    on.letters.length === 0 &&
    on.drained.length === 0 &&
    on.released.length === 0 &&
    on.settled.size === 0 &&
    on.work.size === 0 &&
    on.newCommands.size === 0 &&
    [...on.rows.values()].every((row) => row.version === row.was)
  );
}
