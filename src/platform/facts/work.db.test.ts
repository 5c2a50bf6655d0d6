import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Registry } from "prom-client";
import { plus } from "#platform/core/time.ts";
import { startApp, type TestApp } from "#platform/testing/app.ts";
import { TRACEPARENT } from "#platform/testing/people.ts";
import { submitChange } from "./batcher.ts";
import { accept, type Step, type Task } from "./change.ts";
import { mechanismMeters } from "./meters.ts";
import type { Runtime } from "./runtime.ts";
import { ask, chores } from "./testing/chores.ts";
import { until } from "./testing/memory-consumer.ts";

const apps: TestApp[] = [];
after(async () => {
  for (const app of apps.toReversed()) await app.close();
});

async function start(effect: (task: Task) => Promise<void>, options: Partial<Parameters<typeof startApp>[0]> = {}) {
  const app = await startApp({ services: [chores("here", effect)], ...options });
  apps.push(app);
  return { app, runtime: app.app.runtimes.get("chores") as Runtime };
}

function workOf(app: TestApp): Promise<{ key: string; attempt: number; error: string | null }[]> {
  return app.sql("chores", "select w.key, w.attempt, w.error from work w order by w.key");
}

async function timesDone(app: TestApp): Promise<number> {
  const [row] = await app.sql<{ times: number }>(
    "chores",
    "select count(*) as times from facts f where f.type = 'Done'",
  );
  return row?.times ?? 0;
}

/** Work without facts: put, replaced and settled by hand. */
function steps(...work: readonly Step[]) {
  return { keys: ["plan"], traceparent: TRACEPARENT, decide: () => ({ ...accept(), work }) };
}

test("work without a time starts at once in the process that wrote it, and no poller takes it up beside", async () => {
  const begun: string[] = [];
  const slow = async (task: Task) => {
    begun.push(task.key);
    await pause(100);
  };
  const { app, runtime } = await start(slow);
  await start(slow, { database: app.database });
  const from = performance.now();
  const asked = await submitChange(runtime.batcher, ask("s", "w"));
  assert.ok("started" in asked);
  assert.deepEqual(begun, ["w"]);
  await asked.started;
  assert.ok(performance.now() - from < 300, "it was not left to a lease");
  assert.deepEqual([begun, await workOf(app), await timesDone(app)], [["w"], [], 1]);
});

test("work with a time waits for the shop's clock, in whichever process", async () => {
  const { app, runtime } = await start(async () => {});
  const dueAt = plus(app.clock.now(), { minutes: 10 });
  await submitChange(runtime.batcher, ask("s", "w", dueAt));
  await pause(80);
  assert.equal(await timesDone(app), 0);
  app.clock.turn({ minutes: 9 });
  await pause(80);
  assert.equal(await timesDone(app), 0);
  app.clock.turn({ minutes: 1 });
  await until(async () => (await timesDone(app)) === 1, 1_000);
});

test("the same key again replaces the work, and settling it takes it away", async () => {
  const { app, runtime } = await start(async () => {});
  const put = (minutes: number, kind: string) => ({
    put: { key: "timer", kind, stream: "plan", dueAt: plus(app.clock.now(), { minutes }) },
  });
  await submitChange(runtime.batcher, steps(put(5, "do")));
  await submitChange(runtime.batcher, steps(put(60, "do")));
  app.clock.turn({ minutes: 6 });
  await pause(80);
  assert.deepEqual([(await workOf(app)).length, await timesDone(app)], [1, 0]);
  await submitChange(runtime.batcher, steps({ settle: "timer" }));
  app.clock.turn({ minutes: 90 });
  await pause(80);
  assert.deepEqual([await workOf(app), await timesDone(app)], [[], 0]);
});

test("a task that fails is put off with back-off, keeps its reason, and is done in the end", async () => {
  let failures = 2;
  const attempts: number[] = [];
  const { app, runtime } = await start(async (task) => {
    attempts.push(task.attempt);
    if (failures-- > 0) throw new Error("the neighbour is \u0000 away");
  });
  await submitChange(runtime.batcher, ask("s", "w"));
  await until(async () => (await workOf(app))[0]?.error !== null, 1_000);
  assert.deepEqual(await workOf(app), [{ key: "w", attempt: 0, error: "Error: the neighbour is  away" }]);
  await until(async () => (await timesDone(app)) === 1, 2_000);
  assert.deepEqual([attempts, await workOf(app)], [[0, 1, 2], []]);
});

test("an owner that is slower than its lease writes nothing: whoever holds the fence settles", async () => {
  const owners: (() => void)[] = [];
  const { app, runtime } = await start(() => new Promise<void>((resolve) => owners.push(resolve)));
  await submitChange(runtime.batcher, ask("s", "w"));
  await until(() => owners.length === 2, 2_000, "a second owner after the lease");
  for (const go of owners) go();
  await until(async () => (await workOf(app)).length === 0, 2_000);
  await app.settle();
  assert.equal(await timesDone(app), 1);
});

test("close() leaves a task that does not end to its lease, within about a second", async () => {
  const { app, runtime } = await start(() => new Promise<void>(() => {}));
  await submitChange(runtime.batcher, ask("s", "w"));
  const from = performance.now();
  await runtime.close();
  assert.ok(performance.now() - from < 1_500);
  assert.equal((await workOf(app)).length, 1);
});

test("the figures of the mechanisms can be read: batches, waits, lag, parked keys, work", async () => {
  const registry = new Registry();
  const meters = mechanismMeters(registry, () => performance.now());
  const watching = meters({ name: "chores" });
  watching.watch?.({
    queued: () => 7,
    consumers: () => [
      { name: "chores/list", source: "order", lag: () => 3, parked: () => 2, gaps: () => 1, measure: async () => {} },
    ],
    underWay: () => 1,
    relay: () => ({ lag: () => 5, leads: () => true }),
    overdue: async () => 4,
  });
  meters({ name: "dark" }).watch?.({
    queued: () => 0,
    consumers: () => [],
    underWay: () => 0,
    relay: () => undefined,
    overdue: () => Promise.reject(new Error("no database")),
  });
  watching.committed(12, 30, 2);
  watching.waited?.(4);
  const text = await registry.metrics();
  for (const line of [
    'madang_batch_units_sum{service="chores"} 12',
    'madang_batch_tries_sum{service="chores"} 2',
    'madang_batch_wait_seconds_bucket{le="0.005",service="chores"} 1',
    'madang_facts_total{service="chores"} 30',
    'madang_batch_queue{service="chores"} 7',
    'madang_consumer_lag_facts{service="chores",consumer="chores/list",source="order"} 3',
    'madang_parked_keys{service="chores",consumer="chores/list",source="order"} 2',
    'madang_work_under_way{service="chores"} 1',
    'madang_work_overdue{service="chores"} 4',
  ]) {
    assert.ok(text.includes(line), line);
  }
});
