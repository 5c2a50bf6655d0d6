import { isRefusal, type Refusal } from "#platform/core/decision.ts";
import type { Clock, Instant } from "#platform/core/time.ts";
import {
  type Draft,
  decideChange,
  draft,
  type EarlierCommand,
  type Rules,
  type StoredRow,
  type Unit,
  type Verdict,
} from "./batch.ts";
import type { Change } from "./change.ts";
import type { RecordStore } from "./record-store.ts";
import type { RowCache } from "./row-cache.ts";

/** What decisions are made with. */
export interface DecideOptions {
  readonly store: RecordStore;
  readonly rules: Rules;
  readonly clock: Clock;
}

/** What was decided on each change of a unit. */
export interface DecidedUnit {
  readonly verdicts: readonly (Verdict | Refusal)[];
  /** Keys of the work that this unit put. */
  readonly put: readonly string[];
}

export interface DecidedBatch {
  readonly on: Draft;
  /** In the order of the units. */
  readonly decided: readonly DecidedUnit[];
  readonly now: Instant;
}

/**
 * Decides a batch on the rows at hand, and again on rows read now for whoever the write would not check: a refusal, or
 * a decision that leaves a row as it is, may rest on nothing older than this try. The first try takes what was
 * committed last from memory and expects commands to be new; a later one, after a stale row, reads everything.
 */
export async function decideBatch(
  { store, rules, clock }: DecideOptions,
  cache: RowCache,
  units: readonly Unit[],
  isFirst: boolean,
): Promise<DecidedBatch> {
  const changes = units.flatMap((unit) => unit.changes);
  const known = isFirst ? rowsIn(cache, changes) : new Map<string, StoredRow>();
  const read: Read = { keys: new Set(), commandIds: new Set(), commands: new Map() };
  let wanted: Wanted = {
    keys: changes.flatMap((change) => lackingOf(change, known, isFirst)),
    commandIds: isFirst ? [] : commandIdsAmong(changes),
  };
  for (;;) {
    await readInto(known, read, wanted, store);
    // One instant for the whole try: what it calls due is written under a lease, and started, and nothing else is.
    const now = clock.now();
    const on = draft({ rows: known, commands: read.commands });
    const decided = units.map((unit) => decideUnit(on, unit, rules, now));
    const unsure = units.flatMap((unit, n) => unsureAmong(unit, decided[n] as DecidedUnit, on, read));
    if (unsure.length === 0) return { on, decided, now };
    wanted = { keys: unsure.flatMap((change) => change.keys), commandIds: commandIdsAmong(unsure) };
  }
}

/** What must be read for a change. What it expects to be new is looked for where its other rows are read anyway. */
function lackingOf({ keys, makes = [] }: Change, known: ReadonlyMap<string, StoredRow>, isFirst: boolean): string[] {
  const lacking = keys.filter((key) => !known.has(key));
  return isFirst && lacking.every((key) => makes.includes(key)) ? [] : lacking;
}

/** A decision that throws is a broken assumption of that unit: halving finds it, and its neighbours go on. */
function decideUnit(on: Draft, unit: Unit, rules: Rules, now: Instant): DecidedUnit {
  const verdicts = unit.changes.map((change) => decideChange(on, change, rules, now));
  on.cursors.push(...(unit.cursors ?? []));
  on.letters.push(...(unit.letters ?? []));
  on.drained.push(...(unit.drained ?? []));
  return { verdicts, put: on.put.splice(0) };
}

function rowsIn(cache: RowCache, changes: readonly Change[]): Map<string, StoredRow> {
  const rows = new Map<string, StoredRow>();
  for (const key of changes.flatMap((change) => change.keys)) {
    const row = cache.get(key);
    if (row) rows.set(key, row);
  }
  return rows;
}

/** What this try has read, whether it was there or not. */
interface Read {
  readonly keys: Set<string>;
  readonly commandIds: Set<string>;
  readonly commands: Map<string, EarlierCommand>;
}

interface Wanted {
  readonly keys: readonly string[];
  readonly commandIds: readonly string[];
}

async function readInto(known: Map<string, StoredRow>, read: Read, wanted: Wanted, store: RecordStore): Promise<void> {
  const keys = [...new Set(wanted.keys)].filter((key) => !read.keys.has(key));
  const commandIds = [...new Set(wanted.commandIds)].filter((id) => !read.commandIds.has(id));
  if (keys.length === 0 && commandIds.length === 0) return;
  const { rows, commands } = await store.load(keys, commandIds);
  for (const key of keys) known.delete(key);
  for (const [key, row] of rows) known.set(key, row);
  for (const [id, command] of commands) read.commands.set(id, command);
  for (const key of [...keys, ...rows.keys()]) read.keys.add(key);
  for (const id of commandIds) read.commandIds.add(id);
}

/** The changes whose outcome rests on something that was not read in this try and that the write does not check. */
function unsureAmong(unit: Unit, { verdicts }: DecidedUnit, on: Draft, read: Read): Change[] {
  return unit.changes.filter(({ keys, command }, n) => {
    if (command && !on.newCommands.has(command.id) && !read.commandIds.has(command.id)) return true;
    const isRefused = isRefusal(verdicts[n]);
    const isChecked = (key: string) => !isRefused && on.rows.get(key)?.was !== on.rows.get(key)?.version;
    return keys.some((key) => !read.keys.has(key) && !isChecked(key));
  });
}

function commandIdsAmong(changes: readonly Change[]): string[] {
  return changes.flatMap(({ command }) => (command ? [command.id] : []));
}
