import { setTimeout as pause } from "node:timers/promises";
import type { Pool } from "#platform/db/pool.ts";
import { allInvariants, asOneQuery } from "../invariants/all.ts";
import type { Answers } from "./answers.ts";
import { compareAnswers } from "./compare.ts";
import type { Entry } from "./history.ts";

export interface Safety {
  /** What was found so far. */
  readonly wrong: readonly string[];
  /** How often the database was looked at; how often it could not be. */
  readonly looks: { readonly done: number; readonly missed: number };
  stop(): Promise<void>;
}

const EVERY_MS = 1_500;
/** PostgreSQL has died in the middle of it: soon again, as that is when something may be gone. */
const AGAIN_MS = 300;
/** What was told longer ago has been compared several times, and is once more at the end. */
const COMPARED_FOR_MS = 20_000;
const always = asOneQuery(allInvariants.filter(({ atRest }) => !atRest));

/** Looks again and again, while all around is being killed, at what must hold at any instant. */
export function watchSafety(database: Pool, history: { more(): Entry[] }, answers: Answers): Safety {
  const wrong: string[] = [];
  const looks = { done: 0, missed: 0 };
  const stopping = new AbortController();
  async function run(): Promise<void> {
    while (!stopping.signal.aborted && wrong.length === 0) {
      const began = performance.now();
      let isMissed = false;
      wrong.push(...answers.take(history.more()));
      try {
        wrong.push(...(await look(database, answers.entries)));
        looks.done += 1;
      } catch {
        isMissed = true;
        looks.missed += 1;
      }
      const tookMs = performance.now() - began;
      // Half of the time at most is spent with looking, however large the database has become.
      const pauseMs = isMissed ? AGAIN_MS : Math.max(EVERY_MS - tookMs, tookMs);
      await pause(pauseMs, undefined, stopping).catch(() => undefined);
    }
  }
  const running = run();
  return {
    wrong,
    looks,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** All of it as of one instant, which is after the last thing that was told. */
async function look(database: Pool, told: readonly Entry[]): Promise<string[]> {
  const since = Date.now() - COMPARED_FOR_MS;
  const lately = told.slice(told.findLastIndex(({ at }) => at < since) + 1);
  return database.transaction(async (snapshot) => {
    await snapshot.query(undefined, "set transaction isolation level repeatable read read only");
    const offending = await snapshot.query<{ id: string; row: unknown }>(undefined, always);
    return [
      ...offending.rows.map(({ id, row }) => `${id}: ${JSON.stringify(row)}`),
      ...(await compareAnswers(snapshot, lately, false)),
    ];
  });
}
