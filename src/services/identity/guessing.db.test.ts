import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { logIn } from "#contracts/identity/operations.ts";
import type { Caller } from "#platform/core/operation.ts";
import type { TestApp } from "#platform/testing/app.ts";
import { hashPassword } from "./crypto/argon2.ts";
import { sweepGuesses } from "./jobs/sweep-guesses.ts";
import { enter, from, good, member, password, refused, startHouse, stillClock } from "./testing/house.ts";

let app: TestApp;
before(async () => {
  app = await startHouse({ clock: stillClock(), values: { hashesWaiting: 8 } });
});
after(() => app.close());
const home = from("10.0.0.1");
const guess = (email: string, caller: Caller) => app.call(logIn, { email, password: "not the password" }, caller);

test("an unknown account, a wrong password and a known one under guessing get the same answers", async () => {
  const { person } = await member(app);
  const attacker = from("203.0.113.9");
  const known: unknown[] = [];
  const unknown: unknown[] = [];
  for (let n = 0; n < 11; n++) {
    known.push(await guess(person.email, attacker));
    unknown.push(await guess("nobody@madang.example", attacker));
  }
  assert.deepEqual(known, unknown);
  assert.equal(refused(known[0]), "session.wrong_credentials");
  assert.deepEqual(known[10], { refused: "session.too_many_guesses", details: { retryAfterSeconds: 1 } });
});

test("the right password does not help a guesser who has to wait, and works after the wait", async () => {
  const { person } = await member(app);
  const cafe = from("198.51.100.4");
  for (let n = 0; n < 10; n++) await guess(person.email, cafe);
  assert.equal(refused(await app.call(logIn, person, cafe)), "session.too_many_guesses");
  app.clock.turn({ seconds: 2 });
  await enter(app, person, cafe);
});

test("nobody can lock another person out: the victim logs in at once from where they have been before", async () => {
  const { person } = await member(app);
  for (let network = 1; network <= 40; network++) await guess(person.email, from(`192.0.2.${network}`));
  assert.equal(refused(await guess(person.email, from("192.0.2.99"))), "session.too_many_guesses");
  await enter(app, person, home);
  app.clock.turn({ seconds: 10 });
  await enter(app, person, from("198.51.100.50"));
});

test("guesses sent all at once count one by one", async () => {
  const { person } = await member(app);
  const attacker = from("203.0.113.77");
  const answers: unknown[] = [];
  for (let round = 0; round < 3; round++) {
    answers.push(...(await Promise.all(Array.from({ length: 8 }, () => guess(person.email, attacker)))));
  }
  assert.equal(answers.filter((answer) => refused(answer) === "session.wrong_credentials").length, 10);
});

test("a network that tries many accounts is slowed down, another one is not", async () => {
  const small = await startHouse({ clock: stillClock(), values: { freeGuessesPerNetwork: 5 } });
  try {
    const { person } = await member(small);
    const sprayer = from("2001:db8:1:2:3::1");
    const spray = (n: number) => small.call(logIn, { email: `n${n}@madang.example`, password }, sprayer);
    for (let n = 0; n < 5; n++) assert.equal(refused(await spray(n)), "session.wrong_credentials");
    assert.equal(refused(await spray(5)), "session.too_many_guesses");
    const neighbour = { ...sprayer, ip: "2001:db8:1:2:ffff::9" };
    assert.equal(refused(await small.call(logIn, person, neighbour)), "session.too_many_guesses");
    await enter(small, person, from("2001:db8:1:3::1"));
  } finally {
    await small.close();
  }
});

test("hashing is bounded: what finds no place is told at once to come back", async () => {
  const flood = Array.from({ length: 40 }, (_, n) => guess(`flood${n}@madang.example`, from(`198.18.0.${n}`)));
  const ends = await Promise.allSettled(flood);
  const busy = ends.filter((end) => end.status === "rejected" && end.reason.code === "server.busy");
  assert.equal(busy.length, 30);
});

test("a wrong password and an unknown account take the same time", async () => {
  const { person } = await member(app);
  const spent = { known: [] as number[], unknown: [] as number[] };
  for (let n = 0; n < 24; n++) {
    for (const kind of ["known", "unknown"] as const) {
      const email = kind === "known" ? person.email : "stranger@madang.example";
      const began = performance.now();
      assert.equal(refused(await guess(email, from(`198.19.${n}.1`))), "session.wrong_credentials");
      spent[kind].push(performance.now() - began);
    }
    app.clock.turn({ minutes: 1 });
  }
  const median = (list: number[]) => list.sort((a, b) => a - b)[list.length / 2] ?? 0;
  const ratio = median(spent.known) / median(spent.unknown);
  assert.ok(ratio > 0.7 && ratio < 1.4, `known takes ${ratio.toFixed(2)} times as long as unknown`);
});

test("a log-in makes an outdated hash anew", async () => {
  const { person, accountId } = await member(app);
  const { randomBytes } = await import("node:crypto");
  const old = await hashPassword(password, { bytes: randomBytes }, { memoryKiB: 1024, passes: 1, lanes: 1 });
  await app.adminSql("update identity.states set data = json_build_object('hash', $1::text) where key = $2", [
    old,
    `password:${accountId}`,
  ]);
  good(await app.call(logIn, person, home));
  const [row] = await app.sql<{ hash: string }>("identity", "select data->>'hash' as hash from states where key = $1", [
    `password:${accountId}`,
  ]);
  assert.match(row?.hash ?? "", /m=19456,t=2,p=1/);
  good(await app.call(logIn, person, home));
});

test("counters that say nothing any more are swept", async () => {
  const count = () => app.sql("identity", "select 1 from states where key like 'guess:%'");
  assert.ok((await count()).length > 0);
  app.clock.turn({ days: 91 });
  const { clock, random } = { clock: app.clock, random: { bytes: (n: number) => new Uint8Array(n).fill(7) } };
  const records = [...app.app.runtimes.values()][0];
  assert.ok(records);
  const { createRecords } = await import("#platform/facts/records.ts");
  const sql = {
    rows: (_name: string, text: string, values: readonly unknown[] = []) => app.sql("identity", text, values),
  };
  const deps = { clock, random, sql, records: createRecords(records.batcher, records.store) };
  for (let turn = 0; turn < 4; turn++) await sweepGuesses.run(deps as never);
  assert.equal((await count()).length, 0);
});
