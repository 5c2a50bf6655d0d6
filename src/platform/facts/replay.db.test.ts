import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { Sql } from "#platform/db/sql.ts";
import { startApp, type TestApp } from "#platform/testing/app.ts";
import { submitChange } from "./batcher.ts";
import { replay, replayEqualsLive } from "./replay.ts";
import type { Runtime } from "./runtime.ts";
import { count, type Tally, tally } from "./testing/tally.ts";

const apps: TestApp[] = [];
after(async () => {
  for (const app of apps) await app.close();
});

async function start(): Promise<{ runtime: Runtime; sql: Sql; app: TestApp }> {
  const app = await startApp({ services: [tally] });
  apps.push(app);
  const sql: Sql = { rows: (_name, text, values) => app.sql("tally", text, values) };
  return { app, sql, runtime: app.app.runtimes.get("tally") as Runtime };
}

test("the replay of a stream's facts is its live state, and its state at any instant of the past", async () => {
  const { app, runtime, sql } = await start();
  for (let n = 1; n <= 5; n++) {
    await submitChange(runtime.batcher, count("a", n));
    await submitChange(runtime.batcher, count("b", 1));
    app.clock.turn({ minutes: 1 });
  }
  assert.deepEqual(await replayEqualsLive(sql, tally), []);
  const whole = await replay(runtime.store, tally.evolve, { stream: "a" });
  assert.deepEqual([...whole], [["a", { version: 5, data: { total: 15 } }]]);
  const facts = await runtime.store.factsOf("a", 0, 10);
  for (const [n, fact] of facts.entries()) {
    const then = await replay(runtime.store, tally.evolve, { stream: "a", until: fact.at });
    const { version, data } = then.get("a") ?? { version: 0, data: {} };
    assert.deepEqual([version, (data as Tally).total], [n + 1, ((n + 1) * (n + 2)) / 2]);
  }
});

test("a row that was changed beside its facts is shown", async () => {
  const { app, runtime, sql } = await start();
  for (const key of ["good", "bad", "gone"]) await submitChange(runtime.batcher, count(key, 2));
  await app.sql("tally", `update states set data = '{"total": 99}' where key = 'bad'`);
  await app.sql("tally", "delete from states where key = 'gone'");
  const shown = await replayEqualsLive(sql, tally);
  assert.deepEqual(
    shown.map((one) => one.key),
    ["bad", "gone"],
  );
});

test("a log of several pages is replayed to its end", async () => {
  const { runtime, sql } = await start();
  await Promise.all(Array.from({ length: 2_100 }, (_, n) => submitChange(runtime.batcher, count(`k-${n % 3}`, 1))));
  assert.deepEqual(await replayEqualsLive(sql, tally), []);
  const states = await replay(runtime.store, tally.evolve);
  assert.equal(states.get("k-1")?.version, 700);
});
