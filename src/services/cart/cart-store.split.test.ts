import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { isRefusal } from "#platform/core/decision.ts";
import { openRedis, type Redis } from "#platform/redis/redis.ts";
import { redisCache } from "#platform/redis/redis-cache.ts";
import { harmWithoutEnd } from "#platform/testing/harm.ts";
import { startTestRedis, type TestRedis } from "#platform/testing/redis.ts";
import { cartStoreConformance } from "./cart-store.conformance.ts";
import type { CartStore } from "./cart-store.ts";
import { type Cart, withoutLines } from "./domain/cart.ts";
import { cup, put, shirt } from "./domain/testing.ts";
import { type CartProcesses, startCartProcesses } from "./testing/cart-processes.ts";

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const traceparent = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";
let processes: CartProcesses;
let server: TestRedis;
let redises: readonly Redis[] = [];
before(async () => {
  server = await startTestRedis();
  redises = [1, 2].map(() => openRedis({ url: server.url, timeoutMs: 50, log }));
  processes = await startCartProcesses();
});
after(async () => {
  await Promise.all(redises.map((redis) => redis.close()));
  await processes.close();
  await server.stop();
});

let turn = 0;
function open(): CartStore {
  const redis = redises[turn++ % redises.length];
  assert.ok(redis);
  return processes.open(redisCache(redis, "cart"));
}

cartStoreConformance("Redis before the database", open);

test("a cart that was saved is in Redis, for a day at most", async () => {
  await open().save("acc_there", { traceparent }, (cart) => put(cart, cup));
  const ttlMs = Number(await server.say("PTTL", "madang:cart:cart:acc_there"));
  assert.ok(ttlMs > 0 && ttlMs <= 86_400_000, `${ttlMs}`);
});

describe("while Redis is flushed, paused, cut off, frozen and killed", () => {
  let harm: ReturnType<typeof harmWithoutEnd>;
  before(() => {
    harm = harmWithoutEnd(server);
  });
  after(() => harm.stop());

  cartStoreConformance("Redis that is harmed, before the database", open);

  test("for 5 s every change is there for the next reader in the other process, and nobody waits long", async () => {
    const until = performance.now() + 5_000;
    const tookMs: number[] = [];
    const timed = async <Result>(run: () => Promise<Result>): Promise<Result> => {
      const began = performance.now();
      const result = await run();
      tookMs.push(performance.now() - began);
      return result;
    };
    const changes: readonly ((cart: Cart) => ReturnType<typeof put>)[] = [
      (cart) => put(cart, cup),
      (cart) => put(cart, shirt, ["opt_s"]),
      (cart) => withoutLines(cart, [cart.lines[0]?.cartLineId ?? ""]),
    ];
    async function buy(owner: string): Promise<void> {
      for (let time = 0; performance.now() < until; time++) {
        const change = changes[time % changes.length]!;
        const saved = await timed(() => open().save(owner, { traceparent }, change));
        assert.ok(!isRefusal(saved));
        assert.deepEqual((await timed(() => open().load(owner))).cart, saved);
      }
    }
    await Promise.all(Array.from({ length: 8 }, (_, at) => buy(`acc_buyer_${at}`)));
    tookMs.sort((one, other) => one - other);
    const [median = 0, p99 = 0] = [tookMs[tookMs.length >> 1], tookMs[Math.floor(tookMs.length * 0.99)]];
    assert.ok(tookMs.length > 200, `only ${tookMs.length}`);
    assert.ok(median < 100 && p99 < 1_000, `median ${median} ms, p99 ${p99} ms of ${tookMs.length}`);
  });
});
