import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { Part, SplitHouse } from "./split.ts";
import { type Act, visit } from "./visitors.ts";

const ACTS: readonly Act[] = ["look", "list", "order", "order", "log-in"];
/** A stop: its notice, the grace, and what a busy machine takes for it. */
const STOP_WITHIN_MS = 8_000;
const BEFORE_AND_AFTER_MS = 500;

/** Replaces the parts, a round at a time, while people look, list, order and log in (U3, R4): no request may fail. */
export async function replaceUnderLoad(house: SplitHouse, rounds: readonly (readonly Part[])[]): Promise<void> {
  const visitors = await visit(
    house.edges.map(({ url }) => url),
    ACTS,
  );
  try {
    await pause(BEFORE_AND_AFTER_MS);
    for (const round of rounds) {
      const ended = await Promise.all(round.map((part) => part.replace()));
      for (const { code, tookMs } of ended) {
        assert.deepEqual([code, tookMs < STOP_WITHIN_MS], [0, true], `${code} after ${tookMs} ms`);
      }
    }
    await pause(BEFORE_AND_AFTER_MS);
  } finally {
    await visitors.stop();
  }
  const seen = visitors.take();
  const failed = seen.filter(({ status }) => status !== 200 && status !== 201);
  assert.deepEqual(failed.slice(0, 5), [], `${failed.length} of ${seen.length} failed`);
  for (const act of new Set(ACTS)) {
    assert.ok(seen.filter((one) => one.act === act).length > 10, `${act} was hardly done`);
  }
}
