import assert from "node:assert/strict";
import { test } from "node:test";
import type { PublicEvent } from "#platform/core/event.ts";
import { Busy } from "#platform/http/problem.ts";
import type { Letter } from "./batch.ts";
import { PARTITIONS, partitionOf } from "./partition.ts";
import { consume, memoryCursors, memoryFeed, place, spoken, until } from "./testing/memory-consumer.ts";

const OTHER = "tally.other.v1";

test("goes on in the middle of a fact that announces several events, after a restart there", async () => {
  const feed = memoryFeed([[spoken(1, 0, "a"), spoken(1, 1, "a"), spoken(1, 2, "a")]]);
  // All partitions have the same cursor: the process ended after the fact's first event.
  const cursors = memoryCursors(Array.from({ length: PARTITIONS }, () => place(1, 0)));
  const heard: number[] = [];
  const consumer = consume(feed, cursors, async (events, moves) => {
    cursors.move(moves);
    heard.push(...events.map((event) => event.index));
  });
  await until(() => heard.length >= 2, 500, "hearing the rest");
  await consumer.close();
  assert.deepEqual(heard, [1, 2]);
});

test("housekeeping never moves a cursor back, also not within a fact", async () => {
  const far = 3_000;
  const facts = Array.from({ length: far }, (_, n): PublicEvent[] => [spoken(n + 1, 0, `k-${n}`, OTHER)]);
  facts[far - 1] = [spoken(far, 0, "a"), spoken(far, 1, "a")];
  const own = partitionOf("a");
  const cursors = memoryCursors(
    Array.from({ length: PARTITIONS }, (_, n) => (n === own ? place(far, 1) : place(0, 0))),
  );
  const heard: PublicEvent[] = [];
  const consumer = consume(memoryFeed(facts), cursors, async (events, moves) => {
    cursors.move(moves);
    heard.push(...events);
  });
  await until(() => cursors.places.every((one) => one.position > 2_000) && consumer.lag() === 0);
  await consumer.close();
  assert.deepEqual(heard, []);
  assert.deepEqual([cursors.places[own]?.position, cursors.places[own]?.index], [far, 1]);
});

test("a source where only one key ever speaks does not hold the other cursors back", async () => {
  const cursors = memoryCursors();
  const feed = memoryFeed(Array.from({ length: 2_500 }, (_, n) => [spoken(n + 1, 0, "a")]));
  let applied = 0;
  let lowestWhileBusy = 0;
  const consumer = consume(feed, cursors, async (events, moves) => {
    cursors.move(moves);
    applied += events.length;
    // Never idle: there is always one event more.
    if (events.length > 0 && feed.head() < 6_000) {
      for (let n = 0; n < 500; n++) feed.add([spoken(feed.head() + 1, 0, "a")]);
      lowestWhileBusy = Math.min(...cursors.places.map((one) => one.position));
    }
  });
  await until(() => consumer.lag() === 0 && applied >= 6_000);
  await consumer.close();
  assert.ok(lowestWhileBusy > 2_000, `the lowest cursor stood at ${lowestWhileBusy}`);
});

test("a full queue is no poison: the events are tried again and nothing is parked", async () => {
  const cursors = memoryCursors();
  const letters: Letter[] = [];
  const heard: string[] = [];
  let refusals = 4;
  const feed = memoryFeed([[spoken(1, 0, "a")], [spoken(2, 0, "b")]]);
  const consumer = consume(feed, cursors, async (events, moves, buried) => {
    if (refusals-- > 0) throw new Busy("the queue of commands is full");
    cursors.move(moves);
    letters.push(...buried);
    heard.push(...events.map((event) => event.key));
  });
  await until(() => heard.length + letters.length === 2);
  await consumer.close();
  assert.deepEqual([heard, letters], [["a", "b"], []]);
});

test("close() ends at once, even in the middle of a long back-off", async () => {
  const cursors = memoryCursors();
  let tries = 0;
  const consumer = consume(memoryFeed([[spoken(1, 0, "a")]]), cursors, async () => {
    tries += 1;
    throw Object.assign(new Error("shutting down"), { code: "57P01" });
  });
  await until(() => tries >= 7);
  const from = performance.now();
  await consumer.close();
  assert.ok(performance.now() - from < 500);
});

test("close() does not wait for a commit that never answers", async () => {
  const consumer = consume(memoryFeed([[spoken(1, 0, "a")]]), memoryCursors(), () => new Promise(() => {}));
  const from = performance.now();
  await consumer.close();
  assert.ok(performance.now() - from < 1_200);
});

test("one poison event among 500 is found by halving: few commits, and only its key is set aside", async () => {
  const cursors = memoryCursors();
  const facts = Array.from({ length: 500 }, (_, n) => [spoken(n + 1, 0, `k-${n % 50}`)]);
  let applies = 0;
  const heard: PublicEvent[] = [];
  const letters: Letter[] = [];
  const consumer = consume(memoryFeed(facts), cursors, async (events, moves, buried) => {
    applies += 1;
    if (events.some((event) => event.position === 237)) throw new Error("poison");
    cursors.move(moves);
    heard.push(...events);
    letters.push(...buried);
  });
  await until(() => consumer.lag() === 0);
  await consumer.close();
  assert.deepEqual(
    letters.map((letter) => letter.position),
    facts.flat().flatMap((event) => (event.key === "k-36" && event.position >= 237 ? [event.position] : [])),
  );
  assert.equal(heard.length + letters.length, 500);
  assert.ok(applies <= 2 * Math.ceil(Math.log2(500)) + 5, `${applies} tries`);
});
