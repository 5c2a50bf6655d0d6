import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { isRefusal } from "#platform/core/decision.ts";
import { startApp, type TestApp } from "#platform/testing/app.ts";
import type { Batcher } from "./batcher.ts";
import { submitChange } from "./batcher.ts";
import { count, echo, type Tally, tally } from "./testing/tally.ts";

const apps: TestApp[] = [];
after(async () => {
  for (const app of apps) await app.close();
});

async function start(options: Partial<Parameters<typeof startApp>[0]> = {}): Promise<TestApp> {
  const app = await startApp({ services: [tally], ...options });
  apps.push(app);
  return app;
}

function batcherOf(app: TestApp): Batcher {
  const runtime = app.app.runtimes.get("tally");
  assert.ok(runtime);
  return runtime.batcher;
}

test("64 commands on one row are decided on each other's results and cost few commits", async () => {
  const app = await start();
  const batcher = batcherOf(app);
  const verdicts = await Promise.all(Array.from({ length: 64 }, () => submitChange(batcher, count("hot", 1))));
  assert.ok(verdicts.every((verdict) => !isRefusal(verdict)));
  const [row] = await app.sql<{ total: number; facts: number }>(
    "tally",
    "select (data->>'total')::bigint as total, (select count(*) from facts) as facts from states where key = 'hot'",
  );
  assert.deepEqual(row, { total: 64, facts: 64 });
});

test("a limit holds exactly under 200 tries at once, and a no disturbs nobody", async () => {
  const app = await start();
  const batcher = batcherOf(app);
  const tries = Array.from({ length: 200 }, () => submitChange(batcher, count("scarce", 1, { limit: 120 })));
  const verdicts = await Promise.all(tries);
  assert.equal(verdicts.filter((verdict) => !isRefusal(verdict)).length, 120);
  assert.equal(verdicts.filter((verdict) => isRefusal(verdict) && verdict.refused === "tally.full").length, 80);
});

test("16 writers in two processes on one database lose nothing and leave no gap", async () => {
  const one = await start();
  const two = await start({ database: one.database });
  const writers = [one, two].flatMap((app) => Array.from({ length: 8 }, () => batcherOf(app)));
  await Promise.all(
    writers.map(async (batcher, writer) => {
      for (let n = 0; n < 50; n++) await submitChange(batcher, count(n % 2 ? "hot" : `own-${writer}`, 1));
    }),
  );
  const [row] = await one.sql<Record<string, number>>(
    "tally",
    `select count(*) as facts, max(position) as last, min(position) as first,
       (select sum((data->>'total')::bigint)::bigint from states) as total from facts`,
  );
  assert.deepEqual(row, { facts: 800, last: 800, first: 1, total: 800 });
});

test("a scarce row that three processes want is given out exactly, and nobody hears an error", async () => {
  const one = await start();
  const three = [one, await start({ database: one.database }), await start({ database: one.database })];
  const shares = await Promise.all(
    three.map(async (app) => {
      let given = 0;
      const buyers = Array.from({ length: 20 }, async () => {
        for (let n = 0; n < 10; n++) {
          if (!isRefusal(await submitChange(batcherOf(app), count("scarce", 1, { limit: 300 })))) given += 1;
        }
      });
      await Promise.all(buyers);
      return given;
    }),
  );
  assert.equal(
    shares.reduce((sum, share) => sum + share, 0),
    300,
  );
});

test("the same command again changes nothing, also in the same batch, and another body is refused", async () => {
  const app = await start();
  const batcher = batcherOf(app);
  const twins = await Promise.all([1, 2, 3].map(() => submitChange(batcher, count("twice", 5, { id: "c1" }))));
  const again = await submitChange(batcher, count("twice", 5, { id: "c1" }));
  for (const verdict of [...twins, again]) {
    assert.ok(!isRefusal(verdict));
    assert.equal(verdict.rows.get<Tally>("twice")?.total, 5);
  }
  const other = await submitChange(batcher, count("twice", 7, { id: "c1", bodyHash: "other" }));
  assert.deepEqual(other, { refused: "request.key_reused" });
});

test("a refusal is not remembered: the same command later is decided anew", async () => {
  const app = await start();
  const batcher = batcherOf(app);
  assert.ok(isRefusal(await submitChange(batcher, count("later", 5, { id: "c2", limit: 4 }))));
  assert.ok(!isRefusal(await submitChange(batcher, count("later", 5, { id: "c2", limit: 6 }))));
});

test("one poison member harms nobody: its neighbours in the batch are committed", async () => {
  const app = await start();
  const batcher = batcherOf(app);
  const changes = Array.from({ length: 20 }, (_, n) => submitChange(batcher, count(`n-${n}`, 1)));
  // U+0000 cannot stand in jsonb: the database refuses the statement, so the batch breaks at the write.
  const poison = submitChange(batcher, count("bad\u0000key", 1));
  await assert.rejects(poison);
  assert.ok((await Promise.all(changes)).every((verdict) => !isRefusal(verdict)));
});

test("a reaction and a view hear every event once, in order per key, from the first on", async () => {
  const app = await start({
    services: [tally, echo(() => {}, join(import.meta.dirname, "testing/echo-db"))],
  });
  const batcher = batcherOf(app);
  await Promise.all(Array.from({ length: 300 }, (_, n) => submitChange(batcher, count(`k-${n % 10}`, 1))));
  await app.settle();
  const rows = await app.sql<{ key: string; heard: number[]; total: number }>(
    "echo",
    "select s.key, s.data->'heard' as heard, t.total from states s join totals t on t.id = s.key order by s.key",
  );
  assert.equal(rows.length, 10);
  for (const row of rows) {
    assert.deepEqual(
      row.heard,
      Array.from({ length: 30 }, (_, n) => n + 1),
    );
    assert.equal(row.total, 30);
  }
});

test("two processes with the same consumer apply each event once between them", async () => {
  const services = [tally, echo(() => {}, join(import.meta.dirname, "testing/echo-db"))];
  const one = await start({ services });
  const two = await start({ services, database: one.database });
  const batchers = [batcherOf(one), batcherOf(two)];
  await Promise.all(
    Array.from({ length: 400 }, (_, n) => submitChange(batchers[n % 2] as Batcher, count(`k-${n % 7}`, 1))),
  );
  await new Promise((resolve) => setTimeout(resolve, 100));
  await one.settle();
  await two.settle();
  const [row] = await one.sql<{ sum: number }>("echo", "select sum((data->>'sum')::bigint)::bigint as sum from states");
  assert.equal(row?.sum, 400);
});

test("a poison event parks its key alone; other keys go on", async () => {
  const services = [
    tally,
    echo(
      (key) => {
        if (key === "bad") throw new Error("poison");
      },
      join(import.meta.dirname, "testing/echo-db"),
    ),
  ];
  const app = await start({ services });
  const batcher = batcherOf(app);
  for (let n = 0; n < 5; n++) {
    await Promise.all(["good", "bad", "fine"].map((key) => submitChange(batcher, count(key, 1))));
  }
  await app.settle();
  const rows = await app.sql("echo", "select key, data->>'sum' as sum from states order by key");
  assert.deepEqual(rows, [
    { key: "fine", sum: "5" },
    { key: "good", sum: "5" },
  ]);
  const letters = await app.sql("echo", "select key, attempts from dead_letters order by position");
  assert.deepEqual(
    letters.map((letter) => [letter.key, letter.attempts]),
    [
      ["bad", 3],
      ["bad", 0],
      ["bad", 0],
      ["bad", 0],
      ["bad", 0],
    ],
  );
});
