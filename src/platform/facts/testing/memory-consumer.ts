import { setTimeout as pause } from "node:timers/promises";
import type { PublicEvent } from "#platform/core/event.ts";
import type { Log } from "#platform/telemetry/log.ts";
import { turnableClock } from "#platform/testing/clock.ts";
import { TRACEPARENT } from "#platform/testing/people.ts";
import type { CursorMove } from "../batch.ts";
import { openBoundary } from "../boundary.ts";
import { type Consumer, type ConsumerOptions, startConsumer } from "../consumer.ts";
import type { Place } from "../cursor-store.ts";
import type { Apply } from "../deliver.ts";
import { PARTITIONS } from "../partition.ts";

export const quietLog: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A log of facts in memory, each with the events that it announces. */
export function memoryFeed(facts: PublicEvent[][]): ConsumerOptions["feed"] & { add(events: PublicEvent[]): void } {
  const listeners = new Set<() => void>();
  return {
    service: "tally",
    head: () => facts.length,
    offer: () => {},
    poll: async () => {},
    read: async (after, limit) => {
      const some = facts.slice(after, after + limit);
      return { events: some.flat(), upTo: after + some.length };
    },
    onNews: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    add(events) {
      facts.push(events);
      for (const listener of listeners) listener();
    },
  };
}

export function spoken(position: number, index: number, key: string, type = "tally.counted.v1"): PublicEvent {
  const occurredAt = turnableClock().now();
  const version = position;
  return { producer: "tally", position, index, type, key, version, occurredAt, traceparent: TRACEPARENT, data: {} };
}

/** Cursors in memory that refuse a move of a cursor which is not where the mover read it, as the database does. */
export function memoryCursors(start?: readonly Place[]) {
  const places = Array.from({ length: PARTITIONS }, (_, n) => start?.[n] ?? place(0, 0));
  let loads = 0;
  return {
    places,
    loads: () => loads,
    load: async () => {
      loads += 1;
      return new Map(places.map((one, n) => [n, { ...one, parked: new Set(one.parked) }]));
    },
    move(moves: readonly CursorMove[]): void {
      if (moves.some((move) => places[move.partition]?.version !== move.was)) {
        throw Object.assign(new Error("a cursor has moved"), { code: "MD003" });
      }
      for (const { partition, position, index, was, offset } of moves) {
        const { parked = new Set<string>(), offset: before = null } = places[partition] ?? {};
        places[partition] = { position, index, version: was + 1, parked, offset: offset ?? before };
      }
    },
  };
}

export function place(position: number, index: number): Place {
  return { position, index, version: 1, offset: null, parked: new Set<string>() };
}

export function consume(
  feed: ConsumerOptions["feed"],
  cursors: ReturnType<typeof memoryCursors>,
  apply: Apply,
): Consumer {
  return startConsumer({
    name: "echo",
    feed,
    types: new Set(["tally.counted.v1"]),
    apply,
    cursors,
    boundary: openBoundary,
    clock: turnableClock(),
    log: quietLog,
    wait: (ms) => pause(ms, undefined, { ref: false }),
  });
}

/** Waits until it holds. @throws after `withinMs`. */
export async function until(holds: () => boolean | Promise<boolean>, withinMs = 5_000, what = "it"): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`${what} did not come true within ${withinMs} ms`);
    await pause(5);
  }
}
