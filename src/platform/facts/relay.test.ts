import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { PublicEvent } from "#platform/core/event.ts";
import type { BusMessage } from "./bus.ts";
import { readEnvelope } from "./envelope.ts";
import type { Feed } from "./feed.ts";
import { messagesOf, type Relay, startRelay } from "./relay.ts";
import type { RelayLease, RelayStore } from "./relay-store.ts";
import { quietLog, spoken, until } from "./testing/memory-consumer.ts";

const relays: Relay[] = [];
after(async () => {
  for (const relay of relays) await relay.close();
});

/** A log that grows, one event a fact, on eight keys. */
function growingFeed(): Feed & { grow(facts: number): void } {
  const events: PublicEvent[] = [];
  const listeners = new Set<() => void>();
  return {
    service: "tally",
    head: () => events.length,
    read: async (after, limit) => ({
      events: events.slice(after, after + limit),
      upTo: Math.min(events.length, after + limit),
    }),
    offer: () => {},
    poll: async () => {},
    onNews: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    grow(facts) {
      for (let n = 0; n < facts; n++) events.push(spoken(events.length + 1, 0, `k-${events.length % 8}`));
      for (const listener of listeners) listener();
    },
  };
}

/** The row of the place, with a lease by the same clock. */
function memoryStore(): RelayStore & { row(): RelayLease } {
  let row: RelayLease = { position: 0, previous: {}, fence: 0 };
  let untilMs = 0;
  return {
    row: () => row,
    take: async (leaseMs) => {
      if (performance.now() < untilMs) return undefined;
      row = { ...row, fence: row.fence + 1 };
      untilMs = performance.now() + leaseMs;
      return row;
    },
    keep: async (at, leaseMs) => {
      if (at.fence !== row.fence) return false;
      row = at;
      untilMs = performance.now() + leaseMs;
      return true;
    },
    rewind: async (position, previous) => {
      const stood = row.position;
      row = { position, previous, fence: row.fence + 1 };
      untilMs = 0;
      return stood;
    },
    position: async () => row.position,
  };
}

function start(feed: Feed, store: RelayStore, publish: (messages: readonly BusMessage[]) => Promise<void>): Relay {
  const relay = startRelay({
    feed,
    store,
    bus: { publish: (_service, messages) => publish(messages) },
    leaseMs: 200,
    nowMs: () => performance.now(),
    wait: (ms) => pause(ms, undefined, { ref: false }),
    log: quietLog,
  });
  relays.push(relay);
  return relay;
}

const positionsOf = (messages: readonly BusMessage[]) => messages.map(({ text }) => readEnvelope(text).event.position);

test("each event names the one before it in its partition, however the log is cut", () => {
  const events = Array.from({ length: 60 }, (_, n) => spoken(1 + (n >> 1), n & 1, `k-${n % 7}`));
  const whole = messagesOf(events, { previous: {} });
  const first = messagesOf(events.slice(0, 23), { previous: {} });
  const second = messagesOf(events.slice(23), first);
  assert.deepEqual([...first.messages, ...second.messages], whole.messages);
  const last = new Map<number, unknown>();
  for (const { partition, text } of whole.messages) {
    const { event, previous } = readEnvelope(text);
    assert.deepEqual(previous, last.get(partition) ?? { position: 0, index: 0 });
    last.set(partition, { position: event.position, index: event.index });
  }
});

test("a batch whose outcome is unknown is sent again, and nothing after it before", async () => {
  const [feed, store] = [growingFeed(), memoryStore()];
  const sent: number[][] = [];
  let tries = 0;
  const relay = start(feed, store, async (messages) => {
    sent.push(positionsOf(messages));
    tries += 1;
    if (tries <= 3) throw new Error("no answer");
  });
  feed.grow(5);
  await until(() => tries === 1);
  feed.grow(5);
  await until(() => relay.lag() === 0 && tries > 4);
  assert.deepEqual(sent.slice(0, 4), Array(4).fill([1, 2, 3, 4, 5]));
  assert.deepEqual(sent.slice(4).flat(), [6, 7, 8, 9, 10]);
});

test("one of two publishes; when it lets go the other goes on where it stood", async () => {
  const [feed, store] = [growingFeed(), memoryStore()];
  const said: string[] = [];
  const relay = (name: string) =>
    start(feed, store, async (messages) => void said.push(`${name}:${positionsOf(messages)}`));
  const first = relay("a");
  await until(() => first.leads());
  const second = relay("b");
  feed.grow(3);
  await until(() => said.length > 0);
  await first.close();
  feed.grow(2);
  await until(() => second.leads() && second.lag() === 0);
  assert.deepEqual(said, ["a:1,2,3", "b:4,5"]);
});

test("a relay that was stopped in the middle of a batch repeats at most that one, and writes no progress", async () => {
  const [feed, store] = [growingFeed(), memoryStore()];
  const said: number[] = [];
  const { promise: thawed, resolve: thaw } = Promise.withResolvers<void>();
  const frozen = start(feed, store, async (messages) => {
    await thawed;
    said.push(...positionsOf(messages));
  });
  feed.grow(4);
  await until(() => frozen.leads());
  const other = start(feed, store, async (messages) => void said.push(...positionsOf(messages)));
  await until(() => other.leads() && other.lag() === 0, 2_000);
  feed.grow(4);
  await until(() => other.lag() === 0);
  thaw();
  await pause(150);
  assert.deepEqual(said, [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4]);
  assert.ok(!frozen.leads());
  await other.close();
  assert.equal(store.row().position, 8);
});

test("a relay that is set back publishes again from there", async () => {
  const [feed, store] = [growingFeed(), memoryStore()];
  const said: number[] = [];
  const relay = start(feed, store, async (messages) => void said.push(...positionsOf(messages)));
  feed.grow(6);
  await until(() => relay.lag() === 0 && said.length === 6);
  await store.rewind(3, {});
  await until(() => said.length === 9, 2_000);
  assert.deepEqual(said.slice(6), [4, 5, 6]);
});
