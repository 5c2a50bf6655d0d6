import type { Unit } from "./batch.ts";
import type { Change } from "./change.ts";

const PREFIX = "once:";

/**
 * Gives a unit that nothing would refuse the second time a command of its own: when the connection breaks during the
 * write, the next try finds by it that the first one did land (MECHANISMS.md §2 "Outcome unknown"). Callers' commands,
 * cursors, leases and letters are such a guard already, and so is a decision that finds its own effect.
 */
export function guarded(unit: Unit, makeToken: () => number): Unit {
  const isGuarded =
    (unit.cursors ?? []).length > 0 ||
    (unit.drained ?? []).length > 0 ||
    unit.changes.every(({ idempotent }) => idempotent) ||
    unit.changes.some(({ command, settles }) => command !== undefined || settles !== undefined);
  if (isGuarded) return unit;
  const token = makeToken();
  return {
    ...unit,
    changes: unit.changes.map((change, n) => ({
      ...change,
      command: { id: `${PREFIX}${token}:${n}`, bodyHash: "" },
      decide: (rows, now) => change.decide(rows, now),
    })),
  };
}

/** True of a guard made here: it is nobody's command, so facts do not name it as their cause. */
export function isOnce(command: NonNullable<Change["command"]>): boolean {
  return command.id.startsWith(PREFIX);
}
