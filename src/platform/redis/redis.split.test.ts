import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { makeRegistry } from "#platform/telemetry/metrics.ts";
import { startTestRedis, type TestRedis } from "#platform/testing/redis.ts";
import { openRedis, type Redis } from "./redis.ts";
import { redisCache } from "./redis-cache.ts";

const TIMEOUT_MS = 50;
const logged: string[] = [];
const note = (fields: Record<string, unknown>) => void logged.push(String(fields.code));
const log = { debug: () => {}, info: note, warn: note, error: note };
const registry = makeRegistry({ processMetrics: false });
let server: TestRedis;
let redis: Redis;
before(async () => {
  server = await startTestRedis();
  redis = openRedis({ url: server.url, timeoutMs: TIMEOUT_MS, log, registry });
});
afterEach(async () => {
  server.thaw();
  await until(() => redis.isUp());
});
after(async () => {
  await redis.close();
  await server.stop();
});

async function until(isSo: () => boolean): Promise<void> {
  for (let waitedMs = 0; !isSo(); waitedMs += 10) {
    assert.ok(waitedMs < 10_000, "it never came");
    await pause(10);
  }
}

/** How long each of so many questions took, one after the other. */
async function ask(times: number): Promise<{ answers: unknown[]; tookMs: number[] }> {
  const answers: unknown[] = [];
  const tookMs: number[] = [];
  for (let at = 0; at < times; at++) {
    const began = performance.now();
    answers.push(await redis.ask((client) => client.ping()));
    tookMs.push(performance.now() - began);
  }
  return { answers, tookMs };
}

test("a Redis that is there answers", async () => {
  await until(() => redis.isUp());
  assert.deepEqual((await ask(2)).answers, ["PONG", "PONG"]);
});

test("a frozen Redis costs a few questions their time-out, all others nothing, and is asked again when it is well", async () => {
  server.freeze();
  const { answers, tookMs } = await ask(100);
  assert.ok(answers.every((answer) => answer === undefined));
  const slow = tookMs.filter((ms) => ms >= TIMEOUT_MS / 2);
  assert.ok(slow.length > 0 && slow.length <= 5, `${slow.length} waited`);
  // Seconds later still nobody pays: it is tried by nobody's request.
  await pause(1_000);
  const later = (await ask(20)).tookMs.sort((one, other) => one - other);
  assert.ok((later[10] ?? TIMEOUT_MS) < TIMEOUT_MS / 10, `${later}`);
  assert.match(await registry.metrics(), /madang_redis_up 0/);
  server.thaw();
  await until(() => redis.isUp());
  assert.deepEqual((await ask(1)).answers, ["PONG"]);
  assert.match(await registry.metrics(), /madang_redis_up 1/);
});

test("CLIENT PAUSE is a slow Redis, and heals by itself", async () => {
  await server.say("CLIENT", "PAUSE", "700");
  const { tookMs } = await ask(50);
  assert.ok(tookMs.filter((ms) => ms >= TIMEOUT_MS / 2).length <= 5);
  await until(() => redis.isUp());
});

test("a killed Redis is gone at once, is said once, and is found again when it is back", async () => {
  logged.length = 0;
  await server.kill();
  const { answers, tookMs } = await ask(100);
  assert.ok(answers.slice(5).every((answer) => answer === undefined));
  assert.ok(tookMs.filter((ms) => ms >= TIMEOUT_MS / 2).length <= 5);
  await pause(500);
  assert.deepEqual(logged, ["redis.away"]);
  await server.start();
  await until(() => redis.isUp());
  assert.deepEqual(logged, ["redis.away", "redis.here"]);
});

test("an error of Redis is no answer, and not the end of asking", async () => {
  assert.equal(await redis.ask((client) => client.incr("not a number")), 1);
  await redis.ask((client) => client.set("text", "x"));
  for (let time = 0; time < 20; time++) assert.equal(await redis.ask((client) => client.incr("text")), undefined);
  assert.ok(redis.isUp());
  assert.deepEqual((await ask(1)).answers, ["PONG"]);
});

test("one that was never there keeps nobody waiting", async () => {
  const nowhere = openRedis({ url: "redis://127.0.0.1:1", timeoutMs: TIMEOUT_MS, log });
  const began = performance.now();
  assert.equal(await nowhere.ask((client) => client.ping()), undefined);
  assert.ok(performance.now() - began < TIMEOUT_MS);
  await nowhere.close();
});

test("a wrong password is said without the password, and a right one is found when there is one", async () => {
  const said: string[] = [];
  const warn = (fields: Record<string, unknown>) => void said.push(`${fields.code} ${fields.error}`);
  await server.say("ACL", "SETUSER", "house", "on", ">another", "~*", "&*", "+@all");
  const url = server.url.replace("//", "//house:hidden@");
  const locked = openRedis({ url, timeoutMs: TIMEOUT_MS, log: { ...log, warn } });
  await until(() => said.length > 0);
  assert.match(said.join(), /^redis\.away .*WRONGPASS/);
  assert.doesNotMatch(said.join(), /hidden/);
  await server.say("ACL", "SETUSER", "house", ">hidden");
  await until(() => locked.isUp());
  await locked.close();
});

test("a Redis without memory left refuses, and that is no answer either", async () => {
  await server.say("CONFIG", "SET", "maxmemory", "1");
  assert.equal(await redis.ask((client) => client.set("more", "x")), undefined);
  await server.say("CONFIG", "SET", "maxmemory", "0");
  assert.equal(await redis.ask((client) => client.set("more", "x")), "OK");
});

test("what is kept is kept for its time, apart for each service, and forgotten by FLUSHALL", async () => {
  const [cart, order] = [redisCache(redis, "cart"), redisCache(redis, "order")];
  cart.put("a", "1", 60_000);
  cart.put("short", "1", 20);
  order.put("a", "2", 60_000);
  assert.deepEqual([await cart.get("a"), await order.get("a"), await cart.get("b")], ["1", "2", undefined]);
  await pause(40);
  assert.equal(await cart.get("short"), undefined);
  await server.say("FLUSHALL");
  assert.equal(await cart.get("a"), undefined);
});
