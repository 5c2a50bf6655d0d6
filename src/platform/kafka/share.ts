import type { Consumer as KafkaConsumer } from "@platformatic/kafka";
import type { PublicEvent } from "#platform/core/event.ts";
import type { BusConsumerOptions } from "#platform/facts/bus.ts";
import { EVENTS_MAX, HOUSEKEEPING_FACTS, retryAfterMs } from "#platform/facts/consumer.ts";
import type { Place } from "#platform/facts/cursor-store.ts";
import { createDelivery } from "#platform/facts/deliver.ts";
import { isAfter, NOWHERE, readEnvelope } from "#platform/facts/envelope.ts";
import { isCursorMoved } from "#platform/facts/failure.ts";
import { createFollower, type Follower } from "./follow.ts";
import { type Asker, type Edges, type RawMessage, readPartitions, within } from "./read.ts";

/** The partitions that a group has handed to one consumer of this process, and how it reads them. */
export interface Share {
  /** Reads these partitions from where their cursors stand, until they are lost. @throws when a broker fails. */
  read(consumer: KafkaConsumer, partitions: readonly number[], isLost: () => boolean): Promise<void>;
  /** They belong to others now: what is under way ends with its one commit, or is refused by it. */
  lose(): void;
  /** How often something came: a member that has read was a good one. */
  turns(): number;
  /** Messages behind the last one in order; 1 while it is not known which partitions are its own. */
  lag(): number;
  parked(): number;
  gaps(): number;
  measure(): Promise<void>;
  refresh(): void;
}

interface Reading {
  readonly consumer: KafkaConsumer;
  readonly followers: ReadonlyMap<number, Follower>;
  /** Where to read on. */
  readonly next: Map<number, number>;
  /** Behind the last message that was in order. */
  readonly done: Map<number, number>;
  readonly ends: Map<number, number>;
  readonly edges: Edges;
}

export function createShare(topic: string, asker: Asker, options: BusConsumerOptions): Share {
  const { name, source, types, log } = options;
  const offsets = new WeakMap<PublicEvent, number>();
  const delivery = createDelivery({ ...options, offsetOf: (event) => offsets.get(event) });
  let current: Reading | undefined;
  let working = Promise.resolve();
  let turns = 0;
  let failures = 0;
  let mustReload = false;

  async function read(consumer: KafkaConsumer, partitions: readonly number[], isLost: () => boolean): Promise<void> {
    const edges = await asker.edges(topic);
    const places = await delivery.reload();
    const start = (partition: number) => within(places.get(partition)?.offset ?? null, partition, edges);
    const reading: Reading = {
      consumer,
      edges,
      followers: new Map(partitions.map((partition) => [partition, createFollower(placeOf(places, partition))])),
      next: new Map(partitions.map((partition) => [partition, start(partition)])),
      done: new Map(partitions.map((partition) => [partition, start(partition)])),
      ends: new Map(partitions.map((partition) => [partition, edges.end[partition] ?? 0])),
    };
    if (isLost()) return;
    current = reading;
    if (partitions.length === 0) return;
    const isOver = () => isLost() || current !== reading;
    // Partitions of several brokers come at once, and are applied one after the other.
    const take = (messages: readonly RawMessage[]) => {
      const taken = working.then(() => (isOver() ? undefined : takeAll(reading, messages, isOver)));
      working = taken.catch(() => undefined);
      return taken;
    };
    await readPartitions({ ...reading, topic, partitions, take, isOver });
  }

  async function takeAll(reading: Reading, messages: readonly RawMessage[], isOver: () => boolean): Promise<void> {
    turns += 1;
    const before = new Map([...reading.followers].map(([partition, follower]) => [partition, follower.seen()]));
    let places = await delivery.places();
    try {
      if (mustReload) places = await delivery.reload();
      mustReload = false;
      const { wanted, done } = follow(reading, messages, places);
      for (let from = 0; from < wanted.length && !isOver(); from += EVENTS_MAX) {
        const fresh = delivery.freshAmong(wanted.slice(from, from + EVENTS_MAX));
        if (fresh.length > 0) await delivery.applyRange(fresh);
      }
      // What was not applied because the partitions were lost on the way must not be passed over.
      if (isOver()) return;
      for (const [partition, offset] of done) reading.done.set(partition, offset);
      await housekeep(reading);
      failures = 0;
    } catch (error) {
      await beginAgain(reading, messages, before, places, isOver);
      if (isCursorMoved(error)) return;
      failures += 1;
      log.warn({ code: "consumer.retry", consumer: name, source, failures, error });
      await options.wait(retryAfterMs(failures));
    }
  }

  /** What of the messages is to be applied, in order; sets back the reading where something is missing. */
  function follow(reading: Reading, messages: readonly RawMessage[], places: ReadonlyMap<number, Place>) {
    const setBack = new Set<number>();
    const done = new Map<number, number>();
    const wanted = messages.flatMap(({ partition, offset, text }) => {
      const follower = reading.followers.get(partition);
      if (!follower || setBack.has(partition)) return [];
      const { event, previous } = readEnvelope(text);
      const stored = within(places.get(partition)?.offset ?? null, partition, reading.edges);
      const step = follower.step({ at: event, previous, offset }, stored, reading.edges.first[partition] ?? 0);
      if (step.kind === "back") {
        setBack.add(partition);
        reading.next.set(partition, step.to);
        follower.readAgainFrom(placeOf(places, partition));
      }
      if (step.kind === "back" || (step.kind === "stand" && step.isNews)) {
        const about = { position: event.position, missing: previous.position, seen: follower.seen().position };
        const code = step.kind === "back" ? "bus.read_again" : "bus.gap";
        log[step.kind === "back" ? "warn" : "error"]({ code, consumer: name, source, partition, ...about });
      }
      if (step.kind === "take" || (step.kind === "skip" && !follower.hasGap())) done.set(partition, offset + 1);
      if (step.kind !== "take" || !types.has(event.type)) return [];
      offsets.set(event, offset + 1);
      return [event];
    });
    return { wanted, done };
  }

  /** Long stretches that concern nobody here are noted now and then, so that a restart need not read them again. */
  async function housekeep({ followers, done }: Reading): Promise<void> {
    const places = await delivery.places();
    const moves = [...followers].flatMap(([partition, follower]) => {
      const offset = done.get(partition) ?? 0;
      const isFar = offset - (places.get(partition)?.offset ?? 0) > HOUSEKEEPING_FACTS;
      return isFar && isAfter(follower.seen(), placeOf(places, partition))
        ? [{ partition, ...follower.seen(), offset }]
        : [];
    });
    if (moves.length > 0) await delivery.pass(moves);
  }

  /** After a failure: the same messages again, behind the cursors as they are now. */
  async function beginAgain(
    reading: Reading,
    messages: readonly RawMessage[],
    before: ReadonlyMap<number, { position: number; index: number }>,
    places: ReadonlyMap<number, Place>,
    isOver: () => boolean,
  ): Promise<void> {
    const known = new Map([...places].map(([partition, place]) => [partition, { ...place }]));
    const now = await untilRead(isOver);
    if (!now) return;
    for (const [partition, follower] of reading.followers) {
      const first = messages.find((message) => message.partition === partition);
      if (!first) continue;
      const cursor = placeOf(now, partition);
      if (isAfter(placeOf(known, partition), cursor)) {
        // The database has been set back: the cursor is right, and so is the offset beside it.
        follower.restart(cursor);
        reading.next.set(partition, within(now.get(partition)?.offset ?? null, partition, reading.edges));
      } else {
        const seen = before.get(partition) ?? NOWHERE;
        follower.readAgainFrom(isAfter(cursor, seen) ? cursor : seen);
        reading.next.set(partition, first.offset);
      }
      reading.done.set(partition, reading.next.get(partition) ?? 0);
    }
  }

  async function untilRead(isOver: () => boolean): Promise<ReadonlyMap<number, Place> | undefined> {
    while (!isOver()) {
      try {
        return await delivery.reload();
      } catch (error) {
        failures += 1;
        log.warn({ code: "consumer.retry", consumer: name, source, failures, error });
        await options.wait(retryAfterMs(failures));
      }
    }
    return undefined;
  }

  async function measure(): Promise<void> {
    const reading = current;
    if (!reading || reading.followers.size === 0) return;
    const end = await asker.end(topic);
    for (const partition of reading.ends.keys()) reading.ends.set(partition, end[partition] ?? 0);
  }

  return {
    read,
    lose: () => {
      current = undefined;
    },
    turns: () => turns,
    lag: () => (current ? lagOf(current) : 1),
    parked: delivery.parked,
    gaps: () => [...(current?.followers.values() ?? [])].filter((follower) => follower.hasGap()).length,
    measure,
    refresh: () => {
      mustReload = true;
    },
  };
}

function lagOf({ ends, done }: Reading): number {
  return [...ends].reduce((sum, [partition, end]) => sum + Math.max(0, end - (done.get(partition) ?? 0)), 0);
}

function placeOf(places: ReadonlyMap<number, Pick<Place, "position" | "index">>, partition: number) {
  const { position, index } = places.get(partition) ?? NOWHERE;
  return { position, index };
}
