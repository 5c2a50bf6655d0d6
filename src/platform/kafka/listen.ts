import { Consumer as KafkaConsumer } from "@platformatic/kafka";
import type { PublicEvent } from "#platform/core/event.ts";
import { type EventPlace, isAfter, NOWHERE, readEnvelope } from "#platform/facts/envelope.ts";
import type { Feed } from "#platform/facts/feed.ts";
import type { Log } from "#platform/telemetry/log.ts";
import { clientOptions, type KafkaPlace, topicOf } from "./client.ts";
import { type Asker, keepWithin, readPartitions } from "./read.ts";

export interface ListenOptions {
  readonly place: KafkaPlace;
  readonly asker: Asker;
  readonly log: Log;
  readonly wait: (ms: number) => Promise<void>;
}

/** What a listener that is slow for a moment may be behind; who is slower has missed something. */
const RECENT_MAX = 10_000;
const RETRY_MS = 500;

/**
 * A feed of what a service elsewhere says from now on, without group or cursor, so that every process hears everything.
 * Positions count from here. After a broker's failure it reads on where it was, and passes over what comes twice.
 */
export async function listenTo(
  service: string,
  options: ListenOptions,
): Promise<{ readonly feed: Feed; close(): Promise<void> }> {
  const { place, asker, log, wait } = options;
  const topic = topicOf(place, service);
  const end = await asker.end(topic);
  const consumer = new KafkaConsumer({
    ...clientOptions(place, `listen-${service}`),
    groupId: `${place.prefix}listen`,
  });
  consumer.on("error", (error) => log.warn({ code: "listen.retry", source: service, error }));
  consumer.topics.trackAll(topic);
  const next = new Map(end.map((offset, partition) => [partition, offset]));
  const recent = createRecent(service);
  const last = new Map<number, EventPlace>();
  let isClosed = false;

  async function run(): Promise<void> {
    while (!isClosed) {
      try {
        await readPartitions({
          consumer,
          topic,
          partitions: [...next.keys()],
          next,
          ends: new Map(),
          isOver: () => isClosed,
          take: async (messages) => {
            const events = messages.map(({ text, partition }) => ({ partition, ...readEnvelope(text) }));
            recent.add(events.flatMap(({ event, partition }) => (isNew(last, partition, event) ? [event] : [])));
          },
        });
      } catch (error) {
        if (isClosed) return;
        log.warn({ code: "listen.retry", source: service, error });
        await wait(RETRY_MS);
        await asker.edges(topic).then(
          (edges) => keepWithin(next, edges),
          () => undefined,
        );
      }
    }
  }

  void run();
  return {
    feed: recent.feed,
    close: async () => {
      isClosed = true;
      await consumer.close(true).catch(() => undefined);
    },
  };
}

/** A relay that takes over says the last ones again. */
function isNew(last: Map<number, EventPlace>, partition: number, { position, index }: PublicEvent): boolean {
  if (!isAfter({ position, index }, last.get(partition) ?? NOWHERE)) return false;
  last.set(partition, { position, index });
  return true;
}

function createRecent(service: string): { readonly feed: Feed; add(events: readonly PublicEvent[]): void } {
  const events: PublicEvent[] = [];
  const listeners = new Set<() => void>();
  let dropped = 0;
  return {
    add(some) {
      events.push(...some);
      const tooMany = events.length - RECENT_MAX;
      if (tooMany > 0) events.splice(0, tooMany);
      dropped += Math.max(0, tooMany);
      for (const listener of listeners) listener();
    },
    feed: {
      service,
      head: () => dropped + events.length,
      read: async (after, limit) => {
        const from = Math.max(0, after - dropped);
        const some = events.slice(from, from + limit);
        return { events: some, upTo: dropped + from + some.length };
      },
      offer: () => {},
      poll: async () => {},
      onNews: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
  };
}
