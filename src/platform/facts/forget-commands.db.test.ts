import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { plus } from "#platform/core/time.ts";
import { startApp, type TestApp } from "#platform/testing/app.ts";
import type { Batcher } from "./batcher.ts";
import { submitChange } from "./batcher.ts";
import { forgetCommands } from "./forget-commands.ts";
import { count, tally } from "./testing/tally.ts";

let app: TestApp;
before(async () => {
  app = await startApp({ services: [tally] });
});
after(() => app.close());

const statements = {
  rows: <Row>(_name: string, text: string, values: readonly unknown[]) => app.sql<Row>("tally", text, values),
};
const forget = (keptDays: number) =>
  forgetCommands("tally", statements, { now: app.clock.now(), keptDays, wait: async () => {} });

/** Many commands, enough for several pieces of the table, each a minute older than the one before it. */
async function aMinuteEach(commands: number): Promise<void> {
  await app.adminSql("truncate tally.commands");
  await app.adminSql(
    `insert into tally.commands (id, stream, body_hash, at)
     select 'acc_1:placeOrder:' || n, 'ord_1', repeat('0', 64), $1::timestamptz - make_interval(mins => n, secs => -30)
     from generate_series(1, $2::int) n`,
    [app.clock.now(), commands],
  );
}

async function left(): Promise<number> {
  const [row] = await app.sql<{ n: number }>("tally", "select count(*) as n from commands");
  return row?.n ?? 0;
}

test("commands older than the days they are kept are forgotten, in all of the table, and no other", async () => {
  const all = 20_000;
  await aMinuteEach(all);
  const [size] = await app.sql<{ blocks: number }>("tally", "select pg_relation_size('commands') / 8192 as blocks");
  assert.ok((size?.blocks ?? 0) > 2 * 128, "the table has several pieces");
  assert.equal(await forget(13), all - 13 * 1440);
  assert.equal(await left(), 13 * 1440);
  assert.equal(await forget(13), 0);
  assert.equal(await forget(0), 0, "0: for ever");
  assert.equal(await left(), 13 * 1440);
});

test("the guard of a commit without a command is forgotten after a day, a caller's command is not", async () => {
  await app.adminSql("truncate tally.commands");
  const batcher = app.app.runtimes.get("tally")?.batcher as Batcher;
  const guarded = count("apples", 1);
  await submitChange(batcher, guarded);
  await submitChange(batcher, { ...guarded, command: { id: "acc_1:count:key", bodyHash: "" } });
  const ids = async () =>
    (await app.sql<{ id: string }>("tally", "select id from commands order by id")).map(({ id }) => id.split(":")[0]);
  assert.deepEqual(await ids(), ["acc_1", "once"]);
  app.clock.turn({ hours: 23 });
  assert.equal(await forget(14), 0);
  app.clock.turn({ hours: 2 });
  assert.equal(await forget(14), 1);
  assert.deepEqual(await ids(), ["acc_1"]);
});

test("a pass that is told to stop leaves the rest for the next one", async () => {
  await aMinuteEach(20_000);
  let pieces = 0;
  const wait = async () => {
    pieces += 1;
  };
  const now = plus(app.clock.now(), { days: 400 });
  const gone = await forgetCommands("tally", statements, { now, keptDays: 1, wait, isOver: () => pieces === 1 });
  assert.ok(gone > 0 && gone < 20_000, String(gone));
  assert.equal(await forgetCommands("tally", statements, { now, keptDays: 1, wait }), 20_000 - gone);
});

test("a running house forgets by itself, and writes on meanwhile", async () => {
  await aMinuteEach(20_000);
  const house = await startApp({
    ...{ services: [tally], database: app.database, clock: app.clock },
    forget: { keptDays: 1, everyMs: 20 },
  });
  const batcher = house.app.runtimes.get("tally")?.batcher as Batcher;
  for (let n = 0; n < 200 && (await left()) > 1500; n++) {
    await submitChange(batcher, count("pears", 1));
    await pause(10);
  }
  await house.close();
  const [old] = await app.sql<{ n: number }>("tally", "select count(*) as n from commands where at < $1", [
    plus(app.clock.now(), { days: -1 }),
  ]);
  assert.equal(old?.n, 0);
});
