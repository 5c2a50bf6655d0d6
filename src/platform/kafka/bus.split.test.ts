import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { submitChange } from "#platform/facts/batcher.ts";
import { until } from "#platform/facts/testing/memory-consumer.ts";
import { count, echo, tally } from "#platform/facts/testing/tally.ts";
import { startApp, type TestApp, type TestAppOptions } from "#platform/testing/app.ts";

const ECHO_SQL = join(import.meta.dirname, "../facts/testing/echo-db");
const apps: TestApp[] = [];
after(async () => {
  for (const app of apps.toReversed()) await app.close();
});

async function start(options: TestAppOptions): Promise<TestApp> {
  const app = await startApp({ bus: {}, log: console, ...options });
  apps.push(app);
  return app;
}

async function countUp(app: TestApp, times: number, keys: number): Promise<void> {
  const batcher = app.app.runtimes.get("tally")?.batcher;
  assert.ok(batcher);
  await Promise.all(Array.from({ length: times }, (_, n) => submitChange(batcher, count(`k-${n % keys}`, 1))));
}

async function heard(app: TestApp): Promise<number> {
  const [row] = await app.adminSql<{ sum: number }>(
    "select sum((data->>'sum')::bigint)::bigint as sum from echo.states",
  );
  return row?.sum ?? 0;
}

/** Each key heard its totals one by one: nothing lost, doubled or out of order. */
async function assertInOrder(app: TestApp): Promise<void> {
  const rows = await app.adminSql<{ key: string; heard: number[] }>(
    "select key, data->'heard' as heard from echo.states",
  );
  for (const { key, heard } of rows)
    assert.deepEqual(
      heard,
      heard.map((_, n) => n + 1),
      key,
    );
}

test("a service in another process hears over Kafka, each key in order and exactly once", async () => {
  const whole = await start({ services: [tally, echo(() => {}, ECHO_SQL)], bus: { isForNeighbours: true } });
  await countUp(whole, 2_000, 20);
  await until(async () => (await heard(whole)) >= 2_000, 20_000, "all that was said");
  await assertInOrder(whole);
});
