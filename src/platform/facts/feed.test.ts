import assert from "node:assert/strict";
import { test } from "node:test";
import { turnableClock } from "#platform/testing/clock.ts";
import { TRACEPARENT } from "#platform/testing/people.ts";
import type { StoredFact } from "./change.ts";
import { createFeed } from "./feed.ts";
import type { RecordStore } from "./record-store.ts";
import { tally } from "./testing/tally.ts";

function fact(position: number): StoredFact {
  const at = turnableClock().now();
  const data = { by: 1, total: position };
  return { position, version: position, stream: "a", type: "Counted", data, at, meta: { traceparent: TRACEPARENT } };
}

/** A feed over a table that holds the facts up to `last()`; counts how often it was read. */
function feedOver(last: () => number) {
  let reads = 0;
  let asks = 0;
  const store = {
    head: async () => {
      asks += 1;
      return last();
    },
    facts: async (after: number, limit: number) => {
      reads += 1;
      const count = Math.max(0, Math.min(limit, last() - after));
      return Array.from({ length: count }, (_, n) => fact(after + n + 1));
    },
  } as unknown as RecordStore;
  return { feed: createFeed("tally", tally.announce, store), reads: () => reads, asks: () => asks };
}

const positions = (events: readonly { readonly position: number }[]) => events.map((event) => event.position);

test("two commits answered in the other order are read in the order of their positions", async () => {
  const { feed, reads } = feedOver(() => 4);
  feed.offer([fact(3), fact(4)]);
  const early = await feed.read(0, 10);
  assert.deepEqual([positions(early.events), reads()], [[1, 2, 3, 4], 1]);
  feed.offer([fact(1), fact(2)]);
  const late = await feed.read(0, 10);
  assert.deepEqual([positions(late.events), reads(), late.isForeign], [[1, 2, 3, 4], 1, false]);
});

test("what another process committed is read once from the table, and said to be foreign", async () => {
  const { feed, reads } = feedOver(() => 10);
  await feed.poll();
  const first = await feed.read(0, 500);
  const second = await feed.read(0, 500);
  assert.deepEqual([first.isForeign, second.isForeign, reads()], [true, true, 1]);
  assert.deepEqual([first.upTo, second.upTo], [10, 10]);
  assert.deepEqual((await feed.read(10, 500)).events, []);
});

test("a reader that is far behind neither fills the memory nor pushes the newest facts out of it", async () => {
  const last = 50_000;
  const { feed, reads } = feedOver(() => last);
  await feed.poll();
  feed.offer([fact(last - 1), fact(last)]);
  let after = 0;
  while (after < 40_000) after = (await feed.read(after, 500)).upTo;
  const before = reads();
  const newest = await feed.read(last - 2, 500);
  assert.deepEqual([newest.upTo, reads() - before], [last, 0]);
});

test("memory holds a bounded number of facts, however many are written", async () => {
  let last = 0;
  const { feed, reads } = feedOver(() => last);
  for (; last < 30_000; ) {
    last += 100;
    feed.offer(Array.from({ length: 100 }, (_, n) => fact(last - 99 + n)));
  }
  await feed.read(last - 900, 500);
  assert.equal(reads(), 0);
  await feed.read(last - 2_500, 500);
  assert.equal(reads(), 1);
});

test("a log in which nothing happens is asked rarely, and as often as before when something has", async () => {
  let last = 1;
  const { feed, asks } = feedOver(() => last);
  async function asksIn(polls: number) {
    const before = asks();
    for (let n = 0; n < polls; n++) await feed.poll({ ifDue: true });
    return asks() - before;
  }
  assert.equal(await asksIn(100), 100);
  assert.equal(await asksIn(100), 25);
  last = 2;
  await asksIn(4);
  assert.equal(feed.head(), 2);
  assert.equal(await asksIn(90), 90);
  feed.offer([fact(3)]);
  assert.equal(await asksIn(1), 0);
  assert.equal(await asksIn(1), 1);
  await asksIn(200);
  const before = asks();
  for (let n = 0; n < 4; n++) await feed.poll();
  assert.equal(asks() - before, 4);
});
