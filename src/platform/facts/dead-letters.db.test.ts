import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { startApp, type TestApp } from "#platform/testing/app.ts";
import type { Batcher } from "./batcher.ts";
import { submitChange } from "./batcher.ts";
import type { Runtime } from "./runtime.ts";
import { until } from "./testing/memory-consumer.ts";
import { count, echo, tally } from "./testing/tally.ts";

const apps: TestApp[] = [];
after(async () => {
  for (const app of apps.toReversed()) await app.close();
});

/** Both services, with a key that is poison while `isIll` says so. */
async function start(isIll: (key: string, by: number) => boolean, database?: { url: string }) {
  const echoing = echo(
    (key, by) => {
      if (isIll(key, by)) throw new Error("poison");
    },
    join(import.meta.dirname, "testing/echo-db"),
  );
  const app = await startApp({ services: [tally, echoing], ...(database ? { database } : {}) });
  apps.push(app);
  const runtime = app.app.runtimes.get("echo") as Runtime;
  const batcher = app.app.runtimes.get("tally")?.batcher as Batcher;
  return { app, runtime, batcher };
}

async function heardOf(app: TestApp, key: string): Promise<number[]> {
  const [row] = await app.sql<{ heard: number[] }>("echo", "select data->'heard' as heard from states where key = $1", [
    key,
  ]);
  return row?.heard ?? [];
}

const upTo = (last: number) => Array.from({ length: last }, (_, n) => n + 1);

test("draining applies a key's events in their order, and then the key goes on by itself", async () => {
  let isIll = true;
  const { app, runtime, batcher } = await start((key) => isIll && key === "bad");
  for (let n = 0; n < 5; n++) {
    await Promise.all(["good", "bad"].map((key) => submitChange(batcher, count(key, 1))));
  }
  await app.settle();
  assert.deepEqual([await heardOf(app, "good"), await heardOf(app, "bad")], [upTo(5), []]);
  const listed = await runtime.deadLetters.list({ key: "bad", limit: 10 });
  assert.deepEqual(
    listed.map((letter) => [letter.position, letter.attempts, letter.event.type]),
    [2, 4, 6, 8, 10].map((position, n) => [position, n === 0 ? 3 : 0, "tally.counted.v1"]),
  );
  assert.equal(
    app.app
      .consumers()
      .find((consumer) => consumer.name === "echo")
      ?.parked(),
    1,
  );
  isIll = false;
  assert.deepEqual(await runtime.retryParked("echo", "tally", "bad"), { applied: 5, left: 0 });
  await submitChange(batcher, count("bad", 1));
  await app.settle();
  assert.deepEqual(await heardOf(app, "bad"), upTo(6));
  assert.equal(
    app.app
      .consumers()
      .find((consumer) => consumer.name === "echo")
      ?.parked(),
    0,
  );
});

test("draining stops at the first that fails again: the rest stays behind it", async () => {
  let poison = 1;
  const { app, runtime, batcher } = await start((key, by) => key === "bad" && by === poison);
  for (const by of [1, 2, 3]) await submitChange(batcher, count("bad", by));
  await app.settle();
  poison = 3;
  const drained = await runtime.retryParked("echo", "tally", "bad");
  assert.deepEqual(drained, { applied: 2, left: 1, error: "Error: poison" });
  assert.deepEqual(await heardOf(app, "bad"), [1, 3]);
  await submitChange(batcher, count("bad", 4));
  await app.settle();
  assert.deepEqual(await heardOf(app, "bad"), [1, 3]);
  const [first] = await runtime.deadLetters.list({ limit: 10 });
  assert.equal(first?.attempts, 1);
  poison = 0;
  assert.deepEqual(await runtime.retryParked("echo", "tally", "bad"), { applied: 2, left: 0 });
  assert.deepEqual(await heardOf(app, "bad"), [1, 3, 6, 10]);
});

test("events that arrive while two operators in two processes drain keep their order, each applied once", async () => {
  let isIll = true;
  const ill = (key: string) => isIll && key === "bad";
  const one = await start(ill);
  const two = await start(ill, one.app.database);
  for (let n = 0; n < 40; n++) await submitChange(one.batcher, count("bad", 1));
  await until(async () => (await one.runtime.deadLetters.list({ limit: 100 })).length === 40);
  isIll = false;
  let isDraining = true;
  let written = 40;
  const writing = (async () => {
    while (isDraining) {
      await submitChange((written % 2 ? one : two).batcher, count("bad", 1));
      await submitChange(one.batcher, count(`other-${written}`, 1));
      written += 1;
    }
  })();
  const drains = await Promise.all([one, two].map(({ runtime }) => runtime.retryParked("echo", "tally", "bad")));
  isDraining = false;
  await writing;
  assert.ok(drains.every((drained) => drained.error === undefined));
  await until(async () => (await heardOf(one.app, "bad")).length >= written);
  assert.deepEqual(await heardOf(one.app, "bad"), upTo(written));
  assert.deepEqual(await one.runtime.deadLetters.list({ limit: 10 }), []);
});

test("what a view could not apply is drained in the same way", async () => {
  const { app, runtime, batcher } = await start(() => false);
  await app.adminSql("alter table echo.totals add constraint small check (total < 3)");
  for (let n = 0; n < 4; n++) await submitChange(batcher, count("many", 1));
  await submitChange(batcher, count("few", 1));
  await app.settle();
  const totals = "select id, total from totals order by id";
  assert.deepEqual(await app.sql("echo", totals), [
    { id: "few", total: 1 },
    { id: "many", total: 2 },
  ]);
  assert.match((await runtime.retryParked("echo/totals", "tally", "many")).error ?? "", /small/);
  await app.adminSql("alter table echo.totals drop constraint small");
  assert.deepEqual(await runtime.retryParked("echo/totals", "tally", "many"), { applied: 2, left: 0 });
  assert.deepEqual(await app.sql("echo", totals), [
    { id: "few", total: 1 },
    { id: "many", total: 4 },
  ]);
});

test("an error whose words no column can hold parks its event all the same", async () => {
  const echoing = echo(
    (key) => {
      if (key === "bad") throw new Error("half \ud800 and \u0000");
    },
    join(import.meta.dirname, "testing/echo-db"),
  );
  const app = await startApp({ services: [tally, echoing] });
  apps.push(app);
  const batcher = app.app.runtimes.get("tally")?.batcher as Batcher;
  await submitChange(batcher, count("bad", 1));
  await submitChange(batcher, count("good", 1));
  await until(async () => (await heardOf(app, "good")).length === 1);
  const letters = await app.sql("echo", "select key, error from dead_letters");
  assert.deepEqual(letters, [{ key: "bad", error: "Error: half \ufffd and " }]);
});
