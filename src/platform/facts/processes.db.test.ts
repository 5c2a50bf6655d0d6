import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { startApp, type TestApp } from "#platform/testing/app.ts";
import { submitChange } from "./batcher.ts";
import { type Child, startChild } from "./testing/children.ts";
import { ask, chores } from "./testing/chores.ts";
import { until } from "./testing/memory-consumer.ts";
import { count, echo, tally } from "./testing/tally.ts";

const ECHO_SQL = join(import.meta.dirname, "testing/echo-db");
const apps: TestApp[] = [];
const children: Child[] = [];
after(async () => {
  for (const child of children) child.kill();
  for (const app of apps.toReversed()) await app.close();
});

async function start(services: Parameters<typeof startApp>[0]["services"]): Promise<TestApp> {
  const app = await startApp({ services });
  apps.push(app);
  return app;
}

async function child(order: Parameters<typeof startChild>[0]): Promise<Child> {
  const started = await startChild(order);
  children.push(started);
  return started;
}

/** Positions without a gap, versions of each stream in the order of the positions, and states that add them up. */
async function assertWhole(app: TestApp, facts: number): Promise<void> {
  const [log] = await app.sql<Record<string, number>>(
    "tally",
    "select count(*) as facts, min(position) as first, max(position) as last from facts",
  );
  assert.deepEqual(log, { facts, first: 1, last: facts });
  const disordered = await app.sql(
    "tally",
    `select o.stream
     from (select f.stream, f.version, row_number() over (partition by f.stream order by f.position) as nth
       from facts f) o where o.version <> o.nth`,
  );
  assert.deepEqual(disordered, []);
  const wrong = await app.sql(
    "tally",
    `select s.key from states s where (s.data->>'total')::bigint <> s.version
       or s.version <> (select count(*) from facts f where f.stream = s.key)`,
  );
  assert.deepEqual(wrong, []);
}

test("16 writers in two processes lose nothing, leave no gap, and keep each stream in order", async () => {
  const app = await start([tally]);
  const writes = { callers: 8, each: 60, streams: ["hot", "warm", "own"] };
  const two = await Promise.all(["a", "b"].map((name) => child({ name, url: app.database.url, writes })));
  await until(() => two.every((one) => one.heard.has("done")), 20_000, "the end of the writing");
  assert.deepEqual(await Promise.all(two.map((one) => one.stop())), [480, 480]);
  await assertWhole(app, 960);
});

test("a process frozen at any moment of its writing delays nobody for a second, and goes on rightly", async (t) => {
  const app = await start([tally]);
  const batcher = app.app.runtimes.get("tally")?.batcher;
  assert.ok(batcher);
  const streams = ["hot", "warm"];
  const frozen = await child({
    name: "frozen",
    url: app.database.url,
    writes: { callers: 8, each: 1_000_000, streams },
  });
  let isWriting = true;
  let acked = 0;
  let longestMs = 0;
  const writers = [0, 1, 2, 3].map(async (writer) => {
    for (let n = 0; isWriting; n++) {
      const from = performance.now();
      await submitChange(batcher, count(streams[n % 2] as string, 1, { id: `${writer}-${n}` }));
      longestMs = Math.max(longestMs, performance.now() - from);
      acked += 1;
    }
  });
  for (let moment = 0; moment < 30; moment++) {
    await pause(5 + Math.random() * 20);
    frozen.freeze();
    const before = acked;
    await pause(moment % 10 === 0 ? 1_200 : 60);
    assert.ok(acked > before, "the others went on");
    frozen.thaw();
  }
  isWriting = false;
  await Promise.all(writers);
  const theirs = await frozen.stop();
  t.diagnostic(
    `the longest wait was ${Math.round(longestMs)} ms, over ${acked} commands beside ${theirs} of the frozen one`,
  );
  assert.ok(longestMs < 1_000, `somebody waited ${Math.round(longestMs)} ms`);
  assert.ok(theirs >= 8, `the frozen process did ${theirs} commands`);
  await assertWhole(app, acked + theirs);
});

test("a frozen consumer holds nobody up, and hears nothing twice afterwards", async () => {
  const app = await start([tally, echo(() => {}, ECHO_SQL)]);
  const batcher = app.app.runtimes.get("tally")?.batcher;
  assert.ok(batcher);
  const other = await child({ name: "other", url: app.database.url, hears: ECHO_SQL });
  let written = 0;
  for (let moment = 0; moment < 10; moment++) {
    other.freeze();
    const from = performance.now();
    await Promise.all(Array.from({ length: 40 }, (_, n) => submitChange(batcher, count(`k-${n % 8}`, 1))));
    written += 40;
    await app.settle();
    assert.ok(performance.now() - from < 1_000);
    other.thaw();
    const burst = Array.from({ length: 40 }, (_, n) => submitChange(batcher, count(`k-${n % 8}`, 1)));
    await pause(Math.random() * 10);
    await Promise.all(burst);
    written += 40;
  }
  await until(async () => (await sumHeard(app)) >= written);
  await other.stop();
  assert.equal(await sumHeard(app), written);
  const rows = await app.sql<{ heard: number[] }>("echo", "select s.data->'heard' as heard from states s");
  for (const { heard } of rows) {
    assert.deepEqual(
      heard,
      heard.map((_, n) => n + 1),
    );
  }
});

async function sumHeard(app: TestApp): Promise<number> {
  const [row] = await app.sql<{ sum: number }>("echo", "select sum((data->>'sum')::bigint)::bigint as sum from states");
  return row?.sum ?? 0;
}

test("the owner of work, frozen beyond its lease, writes nothing when it wakes up", async () => {
  const app = await start([tally, chores("second", async () => {})]);
  // The child's own runner takes it up and freezes in the middle; ours finds it when the lease has run out.
  const first = await child({ name: "first", url: app.database.url, works: { effectMs: 150 } });
  const dueAt = app.clock.now();
  await app.adminSql(
    `insert into chores.work (key, kind, stream, due_at, fence, traceparent, lease_until)
     select 'w-' || n, 'do', 's-' || n, $1::timestamptz, 1, 't', null from generate_series(1, 300) n`,
    [dueAt],
  );
  await until(() => first.heard.has("working"), 5_000, "the first owner's beginning");
  first.freeze();
  await until(async () => (await app.sql("chores", "select key from work")).length === 0, 5_000, "the second owner");
  const before = await app.sql<{ facts: number }>("chores", "select count(*) as facts from facts");
  first.thaw();
  await pause(500);
  await first.stop();
  assert.deepEqual(before, [{ facts: 300 }]);
  assert.deepEqual(await app.sql("chores", "select count(*) as facts from facts"), before);
});

test("work that a killed process has begun is taken up by another when its lease has run out", async () => {
  const app = await start([tally, chores("parent", async () => {})]);
  const batcher = app.app.runtimes.get("chores")?.batcher;
  assert.ok(batcher);
  const first = await child({ name: "first", url: app.database.url, works: { effectMs: 10_000 } });
  await app.adminSql(
    `insert into chores.work (key, kind, stream, due_at, fence, traceparent)
     select 'w-' || n, 'do', 's-' || n, $1::timestamptz, 1, 't' from generate_series(1, 50) n`,
    [app.clock.now()],
  );
  await pause(60);
  first.kill();
  await submitChange(batcher, ask("s-51", "w-51"));
  await until(async () => (await app.sql("chores", "select key from work")).length === 0);
  const [done] = await app.sql("chores", "select count(*) as times from facts where type = 'Done'");
  assert.deepEqual(done, { times: 51 });
});
