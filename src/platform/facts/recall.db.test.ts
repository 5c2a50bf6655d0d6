import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isRefusal } from "#platform/core/decision.ts";
import { startApp, type TestApp } from "#platform/testing/app.ts";
import { TRACEPARENT } from "#platform/testing/people.ts";
import { type Batcher, submitChange } from "./batcher.ts";
import type { Change, Rows } from "./change.ts";
import { count, type Tally, tally } from "./testing/tally.ts";

let apps: readonly TestApp[] = [];
let here: Batcher;
let elsewhere: Batcher;
before(async () => {
  const one = await startApp({ services: [tally] });
  const two = await startApp({ services: [tally], database: one.database });
  apps = [two, one];
  [here, elsewhere] = [one, two].map((app) => app.app.runtimes.get("tally")?.batcher) as [Batcher, Batcher];
});
after(async () => {
  for (const app of apps) await app.close();
});

async function done(batcher: Batcher, change: Change) {
  const verdict = await submitChange(batcher, change);
  assert.ok(!isRefusal(verdict));
  return { total: verdict.rows.get<Tally>(change.keys[0] as string)?.total, repeated: verdict.repeated };
}

test("a row that another process has changed is found at the write, and decided on anew", async () => {
  await done(here, count("moved", 1));
  await done(elsewhere, count("moved", 5));
  assert.deepEqual(await done(here, count("moved", 1)), { total: 7, repeated: false });
});

test("a no is said of what stands now, not of what this process remembers", async () => {
  await done(here, count("emptied", 3));
  await done(elsewhere, count("emptied", -3));
  assert.deepEqual(await done(here, count("emptied", 1, { limit: 3 })), { total: 1, repeated: false });
});

test("that there is nothing to do is decided on what stands now too", async () => {
  await done(here, count("looked-at", 1));
  await done(elsewhere, count("looked-at", 1));
  const seen: (number | undefined)[] = [];
  const look: Change = {
    keys: ["looked-at"],
    traceparent: TRACEPARENT,
    idempotent: true,
    decide: (rows: Rows) => {
      seen.push(rows.get<Tally>("looked-at")?.total);
      return {};
    },
  };
  await done(here, look);
  assert.equal(seen.at(-1), 2);
});

test("a row that is only read beside one that is written is read now", async () => {
  await done(here, count("price", 10));
  await done(elsewhere, count("price", 5));
  const buy: Change = {
    keys: ["bought", "price"],
    traceparent: TRACEPARENT,
    decide: (rows: Rows) => {
      const total = rows.get<Tally>("price")?.total ?? 0;
      return { facts: [{ stream: "bought", type: "Counted", data: { by: total, total } }] };
    },
  };
  assert.deepEqual(await done(here, buy), { total: 15, repeated: false });
});

test("a command that another process has done is found, though its row is at hand", async () => {
  await done(here, count("commanded", 1));
  const command = count("commanded", 1, { id: "once-only" });
  await done(elsewhere, command);
  assert.deepEqual(await done(here, command), { total: 2, repeated: true });
  const other = await submitChange(here, count("commanded", 1, { id: "once-only", bodyHash: "another" }));
  assert.deepEqual(other, { refused: "request.key_reused" });
});

test("a row that was to be made and is there is decided on as it is", async () => {
  await done(elsewhere, count("made", 4));
  assert.deepEqual(await done(here, { ...count("made", 1), makes: ["made"] }), { total: 5, repeated: false });
});

test("a row without a history that was removed and made again has its old version, and is not taken for the old one", async () => {
  const add = (by: number): Change => ({
    keys: ["basket"],
    traceparent: TRACEPARENT,
    decide: (rows: Rows) => ({ rows: { basket: { total: (rows.get<Tally>("basket")?.total ?? 0) + by } } }),
  });
  const empty: Change = { keys: ["basket"], traceparent: TRACEPARENT, decide: () => ({ rows: { basket: null } }) };
  await done(here, add(1));
  await done(elsewhere, empty);
  await done(elsewhere, add(10));
  assert.equal((await done(here, add(1))).total, 11);
});

test("two processes that take turns on one row lose nothing", async () => {
  for (let n = 0; n < 20; n++) await done(n % 2 ? here : elsewhere, count("turns", 1));
  assert.equal((await done(here, count("turns", 1))).total, 21);
});
