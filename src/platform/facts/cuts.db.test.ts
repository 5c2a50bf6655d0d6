import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { isRefusal } from "#platform/core/decision.ts";
import { dropDatabase } from "#platform/db/template.ts";
import { startApp, type TestApp } from "#platform/testing/app.ts";
import { testDatabase } from "#platform/testing/cluster.ts";
import { type Batcher, submitChange } from "./batcher.ts";
import type { Change } from "./change.ts";
import { ask, chores } from "./testing/chores.ts";
import { until } from "./testing/memory-consumer.ts";
import { type CuttingProxy, startProxy } from "./testing/proxy.ts";
import { count, echo, type Tally, tally } from "./testing/tally.ts";

const closing: (() => Promise<void>)[] = [];
after(async () => {
  for (const close of closing.toReversed()) await close();
});

const effects = new Map<string, number>();

/** An app whose way to its database goes through a proxy. */
async function start(): Promise<{ app: TestApp; proxy: CuttingProxy; batcher: Batcher }> {
  const echoing = echo(() => {}, join(import.meta.dirname, "testing/echo-db"));
  const working = chores("here", async (task) => {
    effects.set(task.key, (effects.get(task.key) ?? 0) + 1);
  });
  const services = [tally, echoing, working];
  const { url, adminUrl, name } = await testDatabase(services);
  const proxy = await startProxy(url);
  const app = await startApp({ services, database: { url: proxy.url } });
  closing.push(async () => {
    await app.app.close();
    await proxy.close();
    await dropDatabase(adminUrl, name);
    await app.close();
  });
  return { app, proxy, batcher: batcherOf(app, "tally") };
}

function batcherOf(app: TestApp, service: string): Batcher {
  const runtime = app.app.runtimes.get(service);
  assert.ok(runtime);
  return runtime.batcher;
}

async function heardOf(app: TestApp): Promise<number> {
  const [row] = await app.adminSql<{ heard: number }>(
    "select coalesce(sum(json_array_length(s.data->'heard')), 0) as heard from echo.states s",
  );
  return Number(row?.heard);
}

for (const how of ["unanswered", "sent", "half"] as const) {
  test(`a connection cut at the write (${how}) neither loses nor doubles a command, with an id or without`, async () => {
    const { app, proxy, batcher } = await start();
    for (let round = 1; round <= 8; round++) {
      proxy.cut("commit_batch", how);
      const changes: Change<never>[] = [
        count("named", 1, { id: `c-${round}` }),
        count("nameless", 1),
        ...Array.from({ length: 5 }, (_, n) => count(`k-${n}`, 1, { id: `k-${n}-${round}` })),
      ] as Change<never>[];
      const verdicts = await Promise.all(changes.map((change) => submitChange(batcher, change)));
      assert.ok(verdicts.every((verdict) => !isRefusal(verdict)));
      const [named, nameless] = verdicts;
      assert.ok(named && !isRefusal(named) && nameless && !isRefusal(nameless));
      assert.equal(named.rows.get<Tally>("named")?.total, round);
      assert.equal(nameless.rows.get<Tally>("nameless")?.total, round);
    }
    assert.ok(proxy.cuts() >= 8, `${proxy.cuts()} cuts`);
    const counted = await app.sql<{ facts: number }>("tally", "select count(*) as facts from facts");
    assert.deepEqual(counted, [{ facts: 56 }]);
    // Every other commit of a consumer is cut as well: its cursor is its guard.
    await until(async () => (await heardOf(app)) === 56);
    for (let round = 0; round < 6; round++) {
      proxy.cut(round % 2 ? "apply_events" : "commit_batch", how);
      await submitChange(batcher, count("late", 1, { id: `late-${round}` }));
      await pause(30);
    }
    await until(async () => (await heardOf(app)) === 62);
    const [late] = await app.sql("echo", "select s.data->'heard' as heard from states s where s.key = 'late'");
    assert.deepEqual(late, { heard: [1, 2, 3, 4, 5, 6] });
  });

  test(`a task whose settling commit is cut (${how}) is settled once`, async () => {
    const { app, proxy } = await start();
    const batcher = batcherOf(app, "chores");
    effects.clear();
    for (let round = 0; round < 4; round++) {
      const asked = await submitChange(batcher, ask(`s-${round}`, `w-${round}`));
      assert.ok(!isRefusal(asked));
      await asked.started;
      proxy.cut("commit_batch", how);
      const cut = await submitChange(batcher, ask(`t-${round}`, `x-${round}`));
      assert.ok(!isRefusal(cut));
    }
    await until(async () => (await app.sql("chores", "select key from work")).length === 0);
    const done = await app.sql<{ stream: string; times: number }>(
      "chores",
      "select f.stream, count(*) as times from facts f where f.type = 'Done' group by f.stream",
    );
    assert.equal(done.length, 8);
    assert.ok(done.every((one) => one.times === 1));
    const asked = await app.sql("chores", "select count(*) as asked from facts f where f.type = 'Asked'");
    assert.deepEqual(asked, [{ asked: 8 }]);
  });
}

test("sessions ended at random under load neither lose nor double anything", async (t) => {
  const { app, batcher } = await start();
  const working = batcherOf(app, "chores");
  let isKilling = true;
  let killed = 0;
  const killer = (async () => {
    while (isKilling) {
      await pause(15);
      const ended = await app.adminSql(
        `select pg_terminate_backend(a.pid) from pg_stat_activity a
         where a.datname = current_database() and a.application_name like 'madang-%' order by random() limit 2`,
      );
      killed += ended.length;
    }
  })();
  let refused = 0;
  const callers = Array.from({ length: 12 }, async (_, caller) => {
    for (let n = 0; n < 40; n++) {
      const change = n % 2 ? count(`own-${caller}`, 1) : count("hot", 1, { id: `${caller}-${n}` });
      await submitChange(batcher, change as Change).catch(() => {
        refused += 1;
      });
      if (n % 10 === 0) await submitChange(working, ask(`s-${caller}`, `w-${caller}-${n}`));
    }
  });
  await Promise.all(callers);
  isKilling = false;
  await killer;
  t.diagnostic(`${killed} sessions ended, ${refused} commands told to come back`);
  assert.ok(killed > 10);
  assert.equal(refused, 0);
  assert.deepEqual(await app.adminSql("select count(*) as facts, max(f.position) as last from tally.facts f"), [
    { facts: 480, last: 480 },
  ]);
  await until(async () => (await heardOf(app)) === 480);
  await until(async () => (await app.adminSql("select key from chores.work")).length === 0);
  assert.deepEqual(await app.adminSql("select count(*) as done from chores.facts f where f.type = 'Done'"), [
    { done: 48 },
  ]);
});
