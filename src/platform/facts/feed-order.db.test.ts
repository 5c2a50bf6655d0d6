import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { startApp, type TestApp } from "#platform/testing/app.ts";
import { type Child, startChild } from "./testing/children.ts";
import { until } from "./testing/memory-consumer.ts";
import { slowCommits } from "./testing/naive.ts";
import { echo, tally } from "./testing/tally.ts";

const apps: TestApp[] = [];
const children: Child[] = [];
after(async () => {
  for (const child of children) child.kill();
  for (const app of apps.toReversed()) await app.close();
});

/**
 * What a live consumer heard of 16 writers in two processes: how much was lost, and how many keys were out of order.
 */
async function hear(variant: "head" | "sequence"): Promise<{ lost: number; disordered: number }> {
  const app = await startApp({ services: [tally, echo(() => {}, join(import.meta.dirname, "testing/echo-db"))] });
  apps.push(app);
  await slowCommits(app, variant);
  const orders = ["a", "b"].map((name) => ({
    name,
    url: app.database.url,
    // Each caller writes on streams of its own process: no version check stands in the way of the wrong order.
    writes: { callers: 8, each: 40, streams: [0, 1, 2, 3].map((n) => `${name}-${n}`) },
  }));
  const two = await Promise.all(orders.map(startChild));
  children.push(...two);
  await until(() => two.every((one) => one.heard.has("done")), 20_000, "the end of the writing");
  await Promise.all(two.map((one) => one.stop()));
  await app.app.feeds.get("tally")?.poll();
  await app.settle();
  const rows = await app.sql<{ heard: number[] }>("echo", "select s.data->'heard' as heard from states s");
  const heard = rows.reduce((sum, row) => sum + row.heard.length, 0);
  const disordered = rows.filter((row) => row.heard.some((total, n) => total !== n + 1)).length;
  return { lost: 640 - heard, disordered };
}

test("a live consumer hears all of 16 writers in two processes, each key in order", async () => {
  assert.deepEqual(await hear("head"), { lost: 0, disordered: 0 });
});

test("the test of the test: with positions from a sequence the same consumer loses events", async (t) => {
  // It loses by chance, so it has three.
  for (let chance = 1; chance <= 3; chance++) {
    const { lost, disordered } = await hear("sequence");
    t.diagnostic(`lost ${lost} of 640 events, ${disordered} keys with a hole`);
    if (lost > 0 && disordered > 0) return;
  }
  assert.fail("a reader of positions from a sequence lost nothing: this test no longer sees what it is for");
});
