import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { memoryLimiter, type RateLimiter } from "#platform/http/limiter.ts";
import { startTestRedis, type TestRedis } from "#platform/testing/redis.ts";
import { openRedis, type Redis } from "./redis.ts";
import { sharedLimiter } from "./shared-limiter.ts";

// Long enough for a busy machine: only the frozen Redis shall run into it.
const TIMEOUT_MS = 400;
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
let server: TestRedis;
let redises: readonly Redis[] = [];
/** As two processes have them: nothing is shared but Redis. */
let here: RateLimiter;
let there: RateLimiter;
before(async () => {
  server = await startTestRedis();
  redises = [1, 2].map(() => openRedis({ url: server.url, timeoutMs: TIMEOUT_MS, log }));
  await whenUp();
});
after(async () => {
  await Promise.all(redises.map((redis) => redis.close()));
  await server.stop();
});

async function whenUp(): Promise<void> {
  while (!redises.every((redis) => redis.isUp())) await pause(10);
  const [one, other] = redises.map((redis) =>
    sharedLimiter(
      redis,
      memoryLimiter(() => performance.now()),
    ),
  );
  assert.ok(one && other);
  [here, there] = [one, other];
}

/** How many of so many were let through. */
async function through(
  limiters: readonly RateLimiter[],
  times: number,
  key: string,
  perMinute: number,
): Promise<number> {
  const waits = await Promise.all(
    Array.from({ length: times }, (_, at) => limiters[at % limiters.length]?.take(key, perMinute)),
  );
  return waits.filter((wait) => wait === 0).length;
}

test("a minute's worth is one for all processes together, at once or one after the other", async () => {
  assert.equal(await through([here, there], 50, "together", 20), 20);
  assert.equal(await through([here], 15, "after", 20), 15);
  assert.equal(await through([there], 15, "after", 20), 5);
  assert.ok((await there.take("after", 20)) > 2_000);
});

test("then one more each minute / rate, for whoever comes first", async () => {
  const began = performance.now();
  let granted = 0;
  while (performance.now() - began < 500) granted += await through([here, there], 100, "steady", 60);
  const seconds = (performance.now() - began) / 1_000;
  assert.ok(granted >= 60 && granted <= 60 + seconds + 1, `${granted} in ${seconds} s`);
  await pause(1_000);
  assert.ok((await through([here, there], 10, "steady", 60)) > 0);
});

test("who has had it all from this process is refused without asking Redis", async () => {
  await through([here], 5, "flood", 5);
  assert.equal(typeof here.take("flood", 5), "number");
});

test("when Redis forgets or goes away, each process goes on with what it has let through itself", async () => {
  assert.equal(await through([here], 4, "gone", 6), 4);
  assert.equal(await through([there], 4, "gone", 6), 2);
  await server.say("FLUSHALL");
  assert.equal(await through([here], 6, "gone", 6), 2);
  await server.kill();
  assert.equal(await through([here], 6, "gone", 6), 0);
  assert.equal(await through([there], 6, "gone", 6), 4);
  await server.start();
  await whenUp();
  assert.equal(await through([here, there], 10, "again", 6), 6);
});

test("while Redis is frozen, limits hold in each process, and only the first answers wait for it", async () => {
  await through([here, there], 2, "frozen", 10);
  server.freeze();
  assert.equal(await through([here, there], 60, "frozen", 10), 18);
  const began = performance.now();
  assert.equal(await through([here, there], 100, "frozen too", 10), 20);
  assert.ok(performance.now() - began < TIMEOUT_MS);
  server.thaw();
});
