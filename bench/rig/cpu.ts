import { readdirSync, readFileSync } from "node:fs";

/** CPU time of a process with its threads, and of those that it has started and that have ended, in ms. */
export interface CpuOf {
  /** Undefined where there is no /proc. */
  process(pid: number): number | undefined;
  /** PostgreSQL: the postmaster and all its children. */
  family(pid: number): number | undefined;
}

// The kernel counts in ticks of 10 ms on every Linux that Debian ships.
const TICK_MS = 10;
const hasProc = process.platform === "linux";

export const cpuOf: CpuOf = {
  process: (pid) => (hasProc ? ticksIn(statOf(pid), false) * TICK_MS : undefined),
  family: (pid) => {
    if (!hasProc) return undefined;
    const children = readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map((name) => statOf(Number(name)))
      .filter((fields) => Number(fields[1]) === pid);
    const alive = children.reduce((sum, fields) => sum + ticksIn(fields, false), 0);
    return (alive + ticksIn(statOf(pid), true)) * TICK_MS;
  },
};

/** The fields of /proc/pid/stat after the name: state, parent, … */
function statOf(pid: number): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    // It has ended since the folder was listed.
    return [];
  }
}

function ticksIn(fields: readonly string[], withEnded: boolean): number {
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15).map(Number);
  return user + system + (withEnded ? endedUser + endedSystem : 0);
}
