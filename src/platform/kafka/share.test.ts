import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { Consumer as KafkaConsumer } from "@platformatic/kafka";
import { openBoundary } from "#platform/facts/boundary.ts";
import type { Apply } from "#platform/facts/deliver.ts";
import { PARTITIONS, partitionOf } from "#platform/facts/partition.ts";
import { messagesOf } from "#platform/facts/relay.ts";
import { memoryCursors, quietLog, spoken, until } from "#platform/facts/testing/memory-consumer.ts";
import { turnableClock } from "#platform/testing/clock.ts";
import { createShare } from "./share.ts";

const KEY = "k-1";
const PARTITION = partitionOf(KEY);

/** A broker with one topic in memory: the messages of one key, each in a batch of its own. */
function brokerWith(types: readonly string[]): KafkaConsumer {
  const events = types.map((type, n) => spoken(n + 1, 0, KEY, type));
  const { messages } = messagesOf(events, { previous: {} });
  const partitions = Array.from({ length: PARTITIONS }, () => ({ leader: 1 }));
  const fetch = async (asked: { topics: { partitions: { partition: number; fetchOffset: bigint }[] }[] }) => {
    const from = Number(asked.topics[0]?.partitions[0]?.fetchOffset ?? 0);
    await pause(1);
    const records = messages.slice(from).map(({ text }, n) => ({
      firstOffset: BigInt(from + n),
      lastOffsetDelta: 0,
      attributes: 0,
      records: [{ offsetDelta: 0, value: Buffer.from(text) }],
    }));
    const highWatermark = BigInt(messages.length);
    return { responses: [{ partitions: [{ partitionIndex: PARTITION, highWatermark, records }] }] };
  };
  const metadata = async () => ({ topics: new Map([["tally", { id: "t", partitions }]]) });
  return { fetch, metadata } as unknown as KafkaConsumer;
}

function share(count: number, cursors: ReturnType<typeof memoryCursors>, apply: Apply) {
  const asker = {
    edges: async () => ({ first: Array(PARTITIONS).fill(0), end: Array(PARTITIONS).fill(count) }),
    end: async () => Array(PARTITIONS).fill(count),
    close: async () => {},
  };
  return createShare("tally", asker, {
    name: "echo",
    source: "tally",
    types: new Set(["tally.counted.v1"]),
    apply: async (events, moves, letters) => {
      const applied = await apply(events, moves, letters);
      if (applied !== "nothing") cursors.move(moves);
      return applied;
    },
    cursors,
    boundary: openBoundary,
    clock: turnableClock(),
    log: quietLog,
    wait: (ms) => pause(Math.min(ms, 20)),
  });
}

test("partitions that are lost in the middle of a batch keep their cursor where it was applied", async () => {
  const count = 5_000;
  const cursors = memoryCursors();
  let isLost = false;
  let applied = 0;
  const one = share(count, cursors, async (events) => {
    applied += events.length;
    isLost = true;
    return undefined;
  });
  await one.read(brokerWith(Array(count).fill("tally.counted.v1")), [PARTITION], () => isLost);
  assert.equal(applied, 500);
  assert.equal(cursors.places[PARTITION]?.position, 500);
  assert.equal(cursors.places[PARTITION]?.offset, 500);
});

test("what concerns nobody here is passed over now and then, with the offset behind it", async () => {
  const count = 5_000;
  const cursors = memoryCursors();
  let isLost = false;
  const one = share(count, cursors, async () => undefined);
  const reading = one.read(brokerWith(Array(count).fill("tally.other.v1")), [PARTITION], () => isLost);
  await until(() => cursors.places[PARTITION]?.position === count);
  assert.equal(cursors.places[PARTITION]?.offset, count);
  assert.equal(one.lag(), 0);
  isLost = true;
  await reading;
});

test("a failure that passes, and a cursor that another process has moved, lose and repeat nothing", async () => {
  const count = 1_200;
  const cursors = memoryCursors();
  const applied: number[] = [];
  let tries = 0;
  let isLost = false;
  const one = share(count, cursors, async (events) => {
    tries += 1;
    if (tries === 2) throw Object.assign(new Error("the server closed the connection"), { code: "57P01" });
    const place = cursors.places[PARTITION];
    // Another process has applied the next ten meanwhile.
    if (tries === 4 && place) cursors.move([moveOf(place, place.position + 10)]);
    if (tries === 4) throw Object.assign(new Error("a cursor has moved"), { code: "MD003" });
    applied.push(...events.map(({ position }) => position));
    return undefined;
  });
  const reading = one.read(brokerWith(Array(count).fill("tally.counted.v1")), [PARTITION], () => isLost);
  await until(() => cursors.places[PARTITION]?.position === count);
  isLost = true;
  await reading;
  assert.equal(new Set(applied).size, applied.length);
  assert.equal(applied.length, count - 10);
  assert.deepEqual(
    applied,
    applied.toSorted((one, other) => one - other),
  );
});

function moveOf({ version }: { version: number }, position: number) {
  return { consumer: "echo", source: "tally", partition: PARTITION, was: version, position, index: 0 };
}
