import { setTimeout as pause } from "node:timers/promises";
import type { Boundary, Point } from "#platform/facts/boundary.ts";
import type { AnyService } from "#platform/service.ts";
import { createFaultLine, type Fault, type FaultLine, type Hand, type Place } from "#platform/testing/faults.ts";
import { pollWork, workOf } from "./calm.ts";
import { type Rig, startRig } from "./rig.ts";
import { BUYER } from "./stage.ts";
import type { Town } from "./town.ts";

export interface Strike {
  readonly at: Place;
  readonly fault: Fault;
}

/** A little longer than the first tries of whoever was told of an error. */
const LATE_MS = 30;
const LOOKS_MAX = 20;
const MINUTE_MS = 60_000;

/** A town with a process in it, in which plays are given one after the other. */
export interface World {
  readonly rig: Rig;
  /** Counts from now on, and breaks one boundary once, or none. */
  arm(strike: Strike | undefined): FaultLine;
  close(): Promise<void>;
}

/** Starts a world in a database of its own. */
export async function startWorld(place: Town, services: readonly AnyService[]): Promise<World> {
  const database = await place.newDatabase();
  let line: FaultLine | undefined;
  const boundary: Boundary = (point, run) => (line ? line.boundary(point, run) : run());
  const rig = await startRig({ url: database.url, services, boundary });
  const rename = rolesIn(place);
  return {
    rig,
    arm(strike) {
      for (const { faults } of [rig.gateways.toss, rig.gateways.kakaopay]) faults.clear();
      line = createFaultLine({ hand: handOn(rig), rename, ...(strike ? { strike } : {}) });
      return line;
    },
    async close() {
      await rig.close();
      await database.drop();
    },
  };
}

/** Account ids differ from run to run; who they are does not. */
function rolesIn({ food, pottery, weaver }: Town): (name: string) => string {
  const roles = new Map([
    [BUYER.id, "buyer"],
    [food.sellerId, "cook"],
    [pottery.sellerId, "potter"],
    [weaver.sellerId, "weaver"],
  ]);
  return (name) => name.replace(/^acc_\w+/, (id) => roles.get(id) ?? "somebody");
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

/** Turns the clocks, and waits until what has become due is done: all but what the held one itself has in hand. */
async function passTime(rig: Rig, ms: number): Promise<void> {
  const dueKeys = async () => {
    const now = rig.clock.now();
    return (await workOf(rig)).filter((work) => work.due_at <= now).map((work) => work.key);
  };
  const inHand = await dueKeys();
  rig.turn(ms);
  for (let looks = 0; looks < LOOKS_MAX; looks++) {
    await pollWork(rig);
    await pause(LATE_MS / 2);
    if ((await dueKeys()).every((key) => inHand.includes(key))) return;
  }
}

/** What a caller gets instead of the answer: the words of a gateway's adapter, or an error as its driver makes it. */
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
