import { Consumer as KafkaConsumer } from "@platformatic/kafka";
import { clientOptions, type KafkaPlace } from "./client.ts";

/** One message as it came. `offset` is where it stands, the next one to read is behind it. */
export interface RawMessage {
  readonly partition: number;
  readonly offset: number;
  readonly text: string;
}

export interface ReadOptions {
  readonly consumer: KafkaConsumer;
  readonly topic: string;
  readonly partitions: readonly number[];
  /** Where to read on in each partition: moved on by the reading, set back by whoever takes. */
  readonly next: Map<number, number>;
  /** The end of each partition as far as it was seen. */
  readonly ends: Map<number, number>;
  /** Takes what came, in order within a partition; more is read when it is done. */
  readonly take: (messages: readonly RawMessage[]) => Promise<void>;
  readonly isOver: () => boolean;
}

/** A wait at the broker; a heartbeat on the same connection comes at most this much late. */
const FETCH_WAIT_MS = 400;
const FETCH_BYTES = 4 * 1024 * 1024;
const PARTITION_BYTES = 1024 * 1024;
const EARLIEST = -2n;
const LATEST = -1n;
const CONTROL = 0x20;

/**
 * Reads partitions until it is over: one loop for each broker that leads some of them, so that none waits for another.
 * @throws when one loop fails; the others end then, too, and the caller begins anew with fresh metadata.
 */
export async function readPartitions(options: ReadOptions): Promise<void> {
  const { consumer, topic, partitions } = options;
  const metadata = await consumer.metadata({ topics: [topic], forceUpdate: true });
  const found = metadata.topics.get(topic);
  if (!found) throw new Error(`there is no topic ${topic}`);
  const byLeader = Map.groupBy(partitions, (partition) => found.partitions[partition]?.leader ?? -1);
  if (byLeader.has(-1)) throw new Error(`partitions ${byLeader.get(-1)} of ${topic} have no leader now`);
  let hasFailed = false;
  const isOver = () => hasFailed || options.isOver();
  const loops = [...byLeader].map(([node, some]) =>
    readLeader({ ...options, isOver, partitions: some }, node, found.id).catch((error: unknown) => {
      hasFailed = true;
      throw error;
    }),
  );
  await Promise.allSettled(loops);
  await Promise.all(loops);
}

async function readLeader(options: ReadOptions, node: number, topicId: string): Promise<void> {
  const { consumer, partitions, next, ends, isOver } = options;
  while (!isOver()) {
    const asked = new Map(partitions.map((partition) => [partition, next.get(partition) ?? 0]));
    const response = await consumer.fetch({
      node,
      maxWaitTime: FETCH_WAIT_MS,
      minBytes: 1,
      maxBytes: FETCH_BYTES,
      topics: [{ topicId, partitions: [...asked].map(([partition, offset]) => wish(partition, offset)) }],
    });
    if (isOver()) return;
    const messages: RawMessage[] = [];
    for (const { partitionIndex: partition, highWatermark, records } of response.responses.flatMap(
      (one) => one.partitions,
    )) {
      const from = asked.get(partition);
      if (from === undefined) continue;
      ends.set(partition, Number(highWatermark));
      for (const batch of records ?? []) {
        const first = Number(batch.firstOffset);
        next.set(partition, Math.max(next.get(partition) ?? 0, first + batch.lastOffsetDelta + 1));
        if (batch.attributes & CONTROL) continue;
        for (const record of batch.records) {
          const offset = first + record.offsetDelta;
          if (offset >= from) messages.push({ partition, offset, text: record.value?.toString("utf8") ?? "" });
        }
      }
    }
    if (messages.length > 0) await options.take(messages);
  }
}

function wish(partition: number, offset: number) {
  const fetchOffset = BigInt(offset);
  return { partition, fetchOffset, currentLeaderEpoch: -1, lastFetchedEpoch: -1, partitionMaxBytes: PARTITION_BYTES };
}

/** The first offset that each partition still has, and the one that its next message will get. */
export interface Edges {
  readonly first: readonly number[];
  readonly end: readonly number[];
}

/** Asks about topics without waiting behind a fetch, as a connection carries one request after the other. */
export interface Asker {
  edges(topic: string): Promise<Edges>;
  /** The offset that the next message of each partition will get. */
  end(topic: string): Promise<readonly number[]>;
  close(): Promise<void>;
}

export function createAsker(place: KafkaPlace): Asker {
  const client = new KafkaConsumer({ ...clientOptions(place, "ask"), groupId: `${place.prefix}ask` });
  // A failure is told to whoever asked.
  client.on("error", () => {});
  const offsets = async (topic: string, timestamp: bigint) =>
    ((await client.listOffsets({ topics: [topic], timestamp })).get(topic) ?? []).map(Number);
  return {
    end: (topic) => offsets(topic, LATEST),
    async edges(topic) {
      const [first, end] = await Promise.all([offsets(topic, EARLIEST), offsets(topic, LATEST)]);
      return { first, end };
    },
    close: () => client.close(true).catch(() => undefined),
  };
}

/** What is not in the topic any more, or (a topic made anew) not yet, cannot be read on from: then from the first. */
export function keepWithin(next: Map<number, number>, { first, end }: Edges): void {
  for (const [partition, offset] of next) next.set(partition, within(offset, partition, { first, end }));
}

export function within(offset: number | null, partition: number, { first, end }: Edges): number {
  const [lowest = 0, highest = 0] = [first[partition], end[partition]];
  return offset === null || offset < lowest || offset > highest ? lowest : offset;
}
