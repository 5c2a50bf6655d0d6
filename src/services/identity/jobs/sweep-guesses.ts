import { isAfter } from "#platform/core/time.ts";
import { accept } from "#platform/facts/change.ts";
import type { Job } from "#platform/service.ts";
import { makeTraceIds } from "#platform/telemetry/trace.ts";
import type { Deps } from "../deps.ts";
import type { Guesses } from "../domain/guesses.ts";

const BATCH = 500;

/** Removes counters of guesses that say nothing any more: they hold traces of people, and need not be kept. */
export const sweepGuesses: Job<Deps> = {
  name: "sweep-guesses",
  everyMs: 5_000,
  run: async (deps) => {
    const found = await deps.sql.rows<{ key: string }>(
      "swept_guesses",
      `select s.key from states s where s.swept_after < $1 order by s.swept_after limit ${BATCH}`,
      [deps.clock.now()],
    );
    if (found.length === 0) return;
    const keys = found.map((row) => row.key);
    await deps.records.change({
      keys,
      traceparent: makeTraceIds(deps.random).traceparent(),
      decide: (rows, now) => {
        const over = keys.filter((key) => {
          const guesses = rows.get<Guesses>(key);
          return guesses !== undefined && !isAfter(guesses.expiresAt, now);
        });
        return over.length === 0 ? accept() : { rows: Object.fromEntries(over.map((key) => [key, null])) };
      },
    });
  },
};
