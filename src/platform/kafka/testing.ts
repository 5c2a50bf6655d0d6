import assert from "node:assert/strict";
import { join } from "node:path";
import { submitChange } from "#platform/facts/batcher.ts";
import { until } from "#platform/facts/testing/memory-consumer.ts";
import { count } from "#platform/facts/testing/tally.ts";
import type { TestApp } from "#platform/testing/app.ts";

/** The tables of the echo service, which hears tally by a reaction and by a view. */
export const ECHO_SQL = join(import.meta.dirname, "../facts/testing/echo-db");

/** Counts up the keys k-0, k-1, … in turn, all at once. */
export async function countUp(app: TestApp, times: number, keys: number): Promise<void> {
  const batcher = app.app.runtimes.get("tally")?.batcher;
  assert.ok(batcher);
  await Promise.all(Array.from({ length: times }, (_, n) => submitChange(batcher, count(`k-${n % keys}`, 1))));
}

/** The sum of what echo has heard. */
export async function sumHeard(app: TestApp): Promise<number> {
  const text = "select coalesce(sum((data->>'sum')::bigint), 0)::bigint as sum from echo.states";
  return (await app.adminSql<{ sum: number }>(text))[0]?.sum ?? 0;
}

/** Waits for so many, then looks whether each key was heard one by one: nothing lost, doubled or out of order. */
export async function assertHeard(app: TestApp, times: number, withinMs = 20_000): Promise<void> {
  await until(async () => (await sumHeard(app)) >= times, withinMs, `${times} to be heard`);
  assert.equal(await sumHeard(app), times);
  const rows = await app.adminSql<{ key: string; heard: number[] }>(
    "select key, data->'heard' as heard from echo.states",
  );
  for (const { key, heard } of rows) {
    assert.deepEqual(
      heard,
      heard.map((_, n) => n + 1),
      key,
    );
  }
  await until(async () => (await sumSeen(app)) === times, withinMs, "the view");
}

async function sumSeen(app: TestApp): Promise<number> {
  const text = "select coalesce(sum(total), 0)::bigint as sum from echo.totals";
  return (await app.adminSql<{ sum: number }>(text))[0]?.sum ?? 0;
}
