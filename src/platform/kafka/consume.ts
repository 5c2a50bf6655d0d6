import { Consumer as KafkaConsumer } from "@platformatic/kafka";
import type { BusConsumerOptions } from "#platform/facts/bus.ts";
import { CLOSE_WITHIN_MS, type Consumer, retryAfterMs } from "#platform/facts/consumer.ts";
import { clientOptions, type KafkaPlace, topicOf } from "./client.ts";
import type { Asker } from "./read.ts";
import { createShare, type Share } from "./share.ts";

export interface GroupOptions {
  readonly place: KafkaPlace;
  readonly asker: Asker;
  /** Until the partitions of a member that says nothing go to others. */
  readonly sessionMs: number;
}

/**
 * A consumer over Kafka: a member of the group of its name and source, which shares the partitions among processes.
 * Where it reads on stands in its cursors, not in the group: a member that has lost a partition without knowing can do
 * no harm, as its commit is refused by the cursor.
 */
export function startGroupConsumer(group: GroupOptions, options: BusConsumerOptions): Consumer {
  const { name, source, log, wait } = options;
  const { place, sessionMs } = group;
  const topic = topicOf(place, source);
  const share = createShare(topic, group.asker, options);
  let isClosed = false;
  let endPause: () => void = () => {};
  let endMember: () => void = () => {};

  async function run(): Promise<void> {
    for (let failures = 0; !isClosed; ) {
      const consumer = new KafkaConsumer({
        ...clientOptions(place, `${name.replace("/", ".")}-${source}`),
        groupId: `${place.prefix}${name.replace("/", ".")}.${source}`,
        sessionTimeout: sessionMs,
        rebalanceTimeout: sessionMs,
        heartbeatInterval: Math.floor(sessionMs / 10),
      });
      const since = share.turns();
      try {
        await beMember(consumer, topic, share, (end) => {
          endMember = end;
          return isClosed;
        });
      } catch (error) {
        failures = share.turns() > since ? 1 : failures + 1;
        if (!isClosed) log.warn({ code: "consumer.retry", consumer: name, source, failures, error });
      } finally {
        share.lose();
        // It says that it leaves, so that others take over at once; a broker that is gone must not keep us.
        await Promise.race([consumer.close(true).catch(() => undefined), wait(CLOSE_WITHIN_MS)]);
      }
      await pauseFor(retryAfterMs(failures));
    }
  }

  /** Waits, but not beyond close(). */
  function pauseFor(ms: number): Promise<void> {
    return new Promise((resolve) => {
      endPause = resolve;
      if (isClosed) resolve();
      else void wait(ms).then(resolve);
    });
  }

  const running = run();
  return {
    name,
    source,
    lag: share.lag,
    parked: share.parked,
    gaps: share.gaps,
    measure: share.measure,
    refresh: share.refresh,
    close: () => {
      isClosed = true;
      share.lose();
      endMember();
      endPause();
      return Promise.race([running, wait(2 * CLOSE_WITHIN_MS)]);
    },
  };
}

/** Joins, and reads what the group hands out, anew after each rebalance. @throws when it is no member any more. */
async function beMember(
  consumer: KafkaConsumer,
  topic: string,
  share: Share,
  onEnd: (end: () => void) => boolean,
): Promise<void> {
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  if (onEnd(resolve)) return;
  ended.catch(() => undefined);
  let isEnded = false;
  let joins = 0;
  let reading = Promise.resolve();
  consumer.on("error", reject);
  consumer.on("consumer:heartbeat:stalled", ({ lastError }) =>
    reject(lastError ?? new Error("heartbeats have stalled")),
  );
  consumer.on("consumer:group:rebalance", () => share.lose());
  consumer.on("consumer:group:join", () => {
    share.lose();
    const mine = consumer.assignments?.find((one) => one.topic === topic)?.partitions ?? [];
    const join = ++joins;
    const isLost = () => isEnded || join !== joins;
    reading = reading.then(() => (isLost() ? undefined : share.read(consumer, mine, isLost))).catch(reject);
  });
  consumer.topics.trackAll(topic);
  await consumer.joinGroup({});
  await ended.finally(() => {
    isEnded = true;
  });
  await reading;
}
