import { setTimeout as pause } from "node:timers/promises";
import type { Point } from "#platform/facts/boundary.ts";
import { createFaultLine, type Fault, type FaultLine, type Hand, type Place } from "#platform/testing/faults.ts";
import { pollWork } from "./calm.ts";
import { type Rig, type RigOptions, startRig } from "./rig.ts";

export interface Strike {
  readonly at: Place;
  readonly fault: Fault;
}

/** A little longer than the first tries of whoever was told of an error. */
const LATE_MS = 30;
const MINUTE_MS = 60_000;

/** Starts a world in which one boundary breaks once, or none. */
export async function startFaultyRig(
  options: Omit<RigOptions, "boundary"> & {
    readonly strike?: Strike | undefined;
    readonly rename: (name: string) => string;
  },
): Promise<{ readonly rig: Rig; readonly line: FaultLine }> {
  const { strike, rename, ...rest } = options;
  const lines: FaultLine[] = [];
  const rig = await startRig({
    ...rest,
    boundary: (made) => {
      const line = createFaultLine({ hand: handOn(made), rename, ...(strike ? { strike } : {}) });
      lines.push(line);
      return line.boundary;
    },
  });
  return { rig, line: lines[0] as FaultLine };
}

function handOn(rig: Rig): Hand {
  return {
    crash: rig.crash,
    lose,
    async outlast(point, fault) {
      if (fault === "late") {
        // Its lease runs out while it stands still, and another takes it up.
        if (point.kind === "work") await rig.endLeases().then(() => pollWork(rig));
        return pause(LATE_MS);
      }
      await passTime(rig, 11 * MINUTE_MS);
      if (fault === "past-holds") await passTime(rig, 15 * MINUTE_MS);
    },
  };
}

async function passTime(rig: Rig, ms: number): Promise<void> {
  rig.turn(ms);
  await pollWork(rig);
  await pause(LATE_MS);
}

/** What a caller gets instead of the answer: of a gateway the adapter's own words, else an error as its driver makes it. */
function lose(point: Point, why: "lost" | "late"): unknown {
  switch (point.kind) {
    case "gateway":
      return unknownOf(point.name, why === "lost" ? "TRANSPORT" : "TIMEOUT");
    case "commit":
    case "deliver":
      throw new Error("Connection terminated unexpectedly");
    default:
      throw Object.assign(new Error(why === "lost" ? "socket hang up" : "the deadline has passed"), {
        code: why === "lost" ? "ECONNRESET" : "ETIMEDOUT",
      });
  }
}

function unknownOf(name: string, code: string) {
  const call = name.slice(name.indexOf(".") + 1);
  const at = "2026-01-01T00:00:00.000Z";
  return { outcome: "unknown", code, evidence: { call, at, durationMs: 0, outcome: "unknown", code } };
}
