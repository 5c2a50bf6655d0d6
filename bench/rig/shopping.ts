import { resolve } from "node:path";
import type { Pool } from "#platform/db/pool.ts";
import type { Job, Seen } from "./buyers.ts";
import { startChild } from "./child.ts";
import { countSince, type Traffic, trafficOf } from "./count.ts";
import { cpuOf } from "./cpu.ts";
import type { House } from "./house.ts";

const BUYERS = resolve(import.meta.dirname, "buyers.ts");

export interface Shopped {
  readonly seen: Seen;
  /** Counted in the database: PAID, APPROVED and J1. */
  readonly complete: number;
  readonly perSecond: number;
  /** For one complete checkout: CPU µs of each process, statements, commits, bytes of log. */
  readonly cost: Readonly<Record<string, number>>;
}

/** Lets a job be done by a process of its own, and counts what it left in the database. */
export function buyAll(house: House, pool: Pool, job: Job): Promise<Shopped> {
  return withBuyers(job, async (buy) => {
    const traffic = await trafficOf(pool);
    const cpu = cpuNow(house);
    const seen = await buy();
    const { complete, lastAt } = await countSince(pool, seen.startedAt, seen.paid);
    const spent = difference(cpuNow(house), cpu);
    const wrote = difference({ ...(await trafficOf(pool)) }, { ...traffic });
    const seconds = (Math.max(lastAt, seen.endedAt) - seen.startedAt) / 1000;
    const cost = costOf({ ...spent, load: seen.cpuMs }, wrote as unknown as Traffic, complete);
    return { seen, complete, perSecond: Math.round(complete / seconds), cost };
  });
}

/** Prepares the buyers of a job in a process of their own, and hands out how to let them buy. */
export async function withBuyers<Result>(
  job: Job,
  use: (buy: () => Promise<Seen>) => Promise<Result>,
): Promise<Result> {
  const load = startChild(BUYERS, [], process.env);
  try {
    load.tell(JSON.stringify(job));
    await load.line(/^ready$/, 120_000);
    return await use(async () => {
      load.tell("go");
      return JSON.parse((await load.line(/^\{.*\}$/, 1000 * job.seconds + 60_000))[0]) as Seen;
    });
  } finally {
    await load.stop();
  }
}

function cpuNow(house: House): Record<string, number> {
  return {
    server: cpuOf.process(house.server.pid) ?? Number.NaN,
    postgres: cpuOf.family(house.postmaster()) ?? Number.NaN,
    fakes: cpuOf.process(house.fakes.pid) ?? Number.NaN,
  };
}

/** What has grown between two readings, by how much. */
export function difference(after: Record<string, number>, before: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]));
}

function costOf(cpuMs: Readonly<Record<string, number>>, wrote: Traffic, complete: number) {
  const each = (sum: number, digits = 0) => Number((sum / Math.max(1, complete)).toFixed(digits));
  const cpu = Object.entries(cpuMs).map(([name, ms]) => [`${name}Us`, each(1000 * ms)] as const);
  return {
    ...Object.fromEntries(cpu),
    statements: each(wrote.transactions, 2),
    commits: each(wrote.commits, 2),
    walBytes: each(wrote.walBytes),
  };
}
