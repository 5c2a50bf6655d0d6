import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Type } from "typebox";
import { announcement, event } from "#platform/core/event.ts";
import { service, tail, when } from "#platform/service.ts";
import { startApp, type TestApp } from "#platform/testing/app.ts";
import { TRACEPARENT } from "#platform/testing/people.ts";
import { submitChange } from "./batcher.ts";
import { accept, type Change } from "./change.ts";
import type { Runtime } from "./runtime.ts";
import { until } from "./testing/memory-consumer.ts";

const example = { left: 1 };
const data = Type.Object({ left: Type.Integer() });
const summary = { ko: "줄었다", en: "Counted down" };
const stepped = event({ service: "loop", type: "loop.stepped.v1", summary, data, example });
const ended = event({ service: "loop", type: "loop.ended.v1", summary, data, example });

const apps: TestApp[] = [];
after(async () => {
  for (const app of apps.toReversed()) await app.close();
});

function step(key: string, left: number): Change<never> {
  return {
    keys: [key],
    traceparent: TRACEPARENT,
    decide: () => accept({ stream: key, type: "Stepped", data: { left } }),
  };
}

/** A service that hears its own events: each step leads to the next one, and the last one is announced in two ways. */
function loop(heard: { left: number }[], onTail: (left: number) => void = () => {}) {
  return service<{ heard: { left: number }[] }, Record<string, never>>({
    name: "loop",
    migrations: "none",
    settings: {},
    calls: [],
    problems: {},
    announces: [stepped, ended],
    announce: (fact) => {
      const what = fact.data as { left: number };
      return what.left > 0
        ? [announcement(stepped, what)]
        : [announcement(stepped, what), announcement(ended, what), announcement(stepped, what)];
    },
    evolve: (_state, fact) => fact.data,
    deps: () => ({ heard }),
    operations: [],
    reactions: [
      when(stepped, ({ key, data: { left } }) => (left > 0 ? step(key, left - 1) : { ignore: "it has ended" })),
      when(ended, ({ key, data: { left } }, deps) => {
        deps.heard.push({ left });
        return { keys: [`end ${key}`], traceparent: TRACEPARENT, decide: () => ({ rows: { [`end ${key}`]: {} } }) };
      }),
    ],
    tails: [tail(stepped, ({ data: { left } }) => onTail(left))],
  });
}

async function start(app: Parameters<typeof startApp>[0]): Promise<{ app: TestApp; runtime: Runtime }> {
  const started = await startApp(app);
  apps.push(started);
  return { app: started, runtime: started.app.runtimes.get("loop") as Runtime };
}

test("a service hears its own events, to the end of the chain and exactly once", async () => {
  const heard: { left: number }[] = [];
  const { app, runtime } = await start({ services: [loop(heard)] });
  await Promise.all(Array.from({ length: 20 }, (_, n) => submitChange(runtime.batcher, step(`chain-${n}`, 30))));
  await until(() => heard.length === 20);
  await app.settle();
  const [row] = await app.sql("loop", "select count(*) as facts, count(distinct f.stream) as streams from facts f");
  assert.deepEqual([row, heard.length], [{ facts: 620, streams: 20 }, 20]);
});

test("a consumer whose keys are few does not read the whole log again after a restart", async () => {
  const { app, runtime } = await start({ services: [loop([])] });
  for (let n = 0; n < 13; n++) {
    await Promise.all(Array.from({ length: 200 }, (_, m) => submitChange(runtime.batcher, step(`k-${m % 2}`, 0))));
  }
  await app.settle();
  const lowest = "select min(c.position)::int as lowest from cursors c where c.consumer = 'loop'";
  await until(async () => ((await app.sql<{ lowest: number }>("loop", lowest))[0]?.lowest ?? 0) > 500);
  app.crash();
  const again = await start({ services: [loop([])], database: app.database });
  const consumer = again.app.app.consumers()[0];
  assert.ok(consumer);
  await until(() => consumer.lag() === 0, 1_000);
  const counted = await again.app.sql("loop", "select count(*) as facts from facts");
  assert.deepEqual(counted, [{ facts: 2_600 }]);
});

test("a listener that fails on one event hears the next ones, and no event twice", async () => {
  const told: number[] = [];
  const { app, runtime } = await start({
    services: [
      loop([], (left) => {
        told.push(left);
        if (left === 2) throw new Error("a cache is broken");
      }),
    ],
  });
  await submitChange(runtime.batcher, step("a", 3));
  await app.settle();
  await until(() => told.length >= 5);
  assert.deepEqual(told, [3, 2, 1, 0, 0]);
});

test("a crash leaves nothing behind that goes on: no read, no write, no timer", async () => {
  const { app, runtime } = await start({ services: [loop([])] });
  const going = submitChange(runtime.batcher, step("a", 1_000_000));
  await going;
  await until(async () => (await runtime.store.head()) > 20);
  app.crash();
  const again = await start({ services: [], database: app.database });
  const head = () => again.app.adminSql<{ position: number }>("select h.position from loop.head h");
  // What was on its way to the server when the sockets broke may still be carried out.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const [before] = await head();
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.deepEqual(await head(), [before]);
  const sessions = await again.app.adminSql(
    `select count(*) as sessions from pg_stat_activity a
     where a.datname = current_database() and a.application_name like 'madang-%'`,
  );
  assert.deepEqual(sessions, [{ sessions: 0 }]);
});
