import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { dropDatabase } from "#platform/db/template.ts";
import { watcher } from "#platform/http/watch/test-watch.ts";
import { stopTestCluster, testDatabase } from "#platform/testing/cluster.ts";
import { allServices } from "./services.ts";
import * as program from "./testing/program.ts";
import { send as ask, logIn as logInAs } from "./testing/visitor.ts";

// Two real processes on one database: what one of them ends, the other must refuse within a second (A4).
const WITHIN_MS = 1_000;
const person = { email: "two@madang.example", password: "two-doors-one-house", nickname: "두문", name: "김두문" };
let database: Awaited<ReturnType<typeof testDatabase>>;
let houses: readonly program.Program[] = [];
let here: string;
let there: string;

before(async () => {
  database = await testDatabase(allServices);
  const env = program.envOn(database.url);
  const ports = [await program.freePort(), await program.freePort()];
  houses = await Promise.all(ports.map((port) => program.startProgram({ port, env }).isOpen()));
  [here = "", there = ""] = houses.map((house) => house.url);
  await ask(here, "POST", "/accounts", { body: { ...person, roles: ["BUYER", "SELLER"] } });
});
after(async () => {
  await Promise.all(houses.map((house) => house.ctrlC()));
  await dropDatabase(database.adminUrl, database.name);
  await stopTestCluster();
});

const logIn = (url: string) => logInAs(url, person.email, person.password);

/** How long the other process went on taking the token. */
async function refusedAfterMs(url: string, token: string): Promise<number> {
  const started = performance.now();
  for (;;) {
    const { status } = await ask(url, "GET", "/me", { token });
    const ms = performance.now() - started;
    if (status === 401) return ms;
    assert.ok(ms < 10 * WITHIN_MS, "the other process never heard of it");
    await pause(10);
  }
}

test("a token of one process is good in the other, until it is logged out anywhere", async () => {
  const token = await logIn(here);
  assert.equal((await ask(there, "GET", "/me", { token })).status, 200);
  assert.equal((await ask(here, "DELETE", "/sessions/current", { token })).status, 200);
  assert.equal((await ask(here, "GET", "/me", { token })).status, 401);
  const ms = await refusedAfterMs(there, token);
  assert.ok(ms < WITHIN_MS, `${ms} ms`);
});

test("logging out everywhere ends the sessions of both processes in both", async () => {
  const tokens = [await logIn(here), await logIn(there)];
  assert.equal((await ask(there, "DELETE", "/sessions", { token: tokens[0] ?? "" })).status, 200);
  for (const token of tokens) {
    for (const url of [here, there]) {
      const ms = await refusedAfterMs(url, token);
      assert.ok(ms < WITHIN_MS, `${ms} ms`);
    }
  }
});

test("who watches at one process is sent away within a second of logging out at the other", async () => {
  const token = await logIn(here);
  const made = await ask(here, "POST", "/stores", { body: { name: "두문가게", kind: "FOOD" }, token });
  assert.equal(made.status, 201);
  const { storeId } = (await made.json()) as { storeId: string };
  const path = `/stores/${storeId}/orders/events`;
  let opened = await ask(there, "GET", path, { token });
  // The other process hears of the store a moment later.
  for (; opened.status === 404; opened = await ask(there, "GET", path, { token })) await pause(20);
  assert.equal(opened.status, 200);
  assert.ok(opened.body);
  const line = watcher(opened.body);
  await line.next();
  assert.equal((await ask(here, "DELETE", "/sessions/current", { token })).status, 200);
  const started = performance.now();
  assert.deepEqual(await line.next(), [{ name: "end", data: { code: "auth.token_revoked" } }]);
  assert.ok(performance.now() - started < WITHIN_MS);
  assert.equal((await ask(there, "GET", path, { token })).status, 401);
});
