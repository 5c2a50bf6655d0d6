import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { makeReadCache, type ReadCache } from "#platform/http/read-cache.ts";
import { startTestRedis, type TestRedis } from "#platform/testing/redis.ts";
import { openRedis, type Redis } from "./redis.ts";
import { shareMoves } from "./share-moves.ts";

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const TTL_MS = 800;
let server: TestRedis;

/** What a process has: its remembered answers, its connection and, if it runs catalog, the head of catalog's facts. */
interface Process {
  readonly cache: ReadCache;
  readonly redis: Redis;
  readonly clears: () => number;
  commit(head: number): void;
  close(): Promise<void>;
}

function startProcess(kind: "owner" | "edge", channel = "moved"): Process {
  const redis = openRedis({ url: server.url, timeoutMs: 100, log });
  const cache = makeReadCache(() => performance.now());
  let clears = 0;
  let head = 0;
  const listeners = new Set<() => void>();
  const feed = {
    head: () => head,
    onNews: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const counting = {
    clear(service: string) {
      clears += 1;
      cache.clear(service);
    },
  };
  if (kind === "owner") feed.onNews(() => cache.clear("catalog"));
  const feeds = new Map(kind === "owner" ? [["catalog", feed] as const] : []);
  const stop = shareMoves(redis, { channel, services: ["catalog"], feeds, cache: counting });
  return {
    cache,
    redis,
    clears: () => clears,
    commit(position) {
      head = position;
      for (const listener of listeners) listener();
    },
    close: async () => {
      await stop();
      await redis.close();
    },
  };
}

let price = 0;
let owner: Process;
let other: Process;
let edge: Process;
before(async () => {
  server = await startTestRedis();
  [owner, other, edge] = [startProcess("owner"), startProcess("owner"), startProcess("edge")];
});
beforeEach(async () => {
  server.thaw();
  for (const { redis } of [owner, other, edge]) while (!redis.isUp()) await pause(10);
  await pause(50);
});
after(async () => {
  await Promise.all([owner, other, edge].map((one) => one.close()));
  await server.stop();
});

/** What somebody reads from this process now. */
async function read({ cache }: Process): Promise<number> {
  const kept = cache.get("/items");
  if (kept) return Number(kept.text);
  const place = { service: "catalog", url: "/items", ttlMs: TTL_MS };
  return (await cache.load(place, async () => price, String)).answer;
}

/** How long a process went on telling the old price. */
async function staleMs(process: Process): Promise<number> {
  const began = performance.now();
  while ((await read(process)) !== price) await pause(1);
  return performance.now() - began;
}

let position = 0;
async function change(): Promise<void> {
  await Promise.all([owner, other, edge].map(read));
  price += 1;
  owner.commit(++position);
}

test("a change is seen at once by processes that do not read the service's feed", async () => {
  for (let time = 0; time < 20; time++) {
    await change();
    const ms = await staleMs(edge);
    assert.ok(ms < 200, `${ms} ms`);
    assert.ok((await staleMs(other)) < 200);
  }
});

test("a process that finds the same facts in the database later tells nobody again", async () => {
  await change();
  await staleMs(edge);
  const before = edge.clears();
  other.commit(position);
  await pause(100);
  assert.equal(edge.clears(), before);
});

test("messages that are lost leave an answer to its time, which ends within a second", async () => {
  await change();
  await staleMs(edge);
  await read(edge);
  await server.say("CLIENT", "KILL", "TYPE", "pubsub");
  price += 1;
  owner.commit(++position);
  assert.ok((await staleMs(edge)) < 1_000);
  for (const harm of [() => server.freeze(), () => server.kill()]) {
    await harm();
    await change();
    const ms = await staleMs(edge);
    assert.ok(ms < 1_000, `${ms} ms`);
    server.thaw();
  }
  await server.start();
});

test("who has just connected again may have missed a message, and forgets what it remembers", async () => {
  await Promise.all([owner, other, edge].map(read));
  const cleared = edge.clears();
  await server.kill();
  price += 1;
  await server.start();
  while (edge.clears() === cleared) await pause(5);
  assert.equal(await read(edge), price);
});

test("another house on the same Redis is not heard", async () => {
  const stranger = startProcess("owner", "moved:1");
  while (!stranger.redis.isUp()) await pause(10);
  const before = edge.clears();
  stranger.commit(1_000_000);
  await pause(100);
  assert.equal(edge.clears(), before);
  await stranger.close();
});
