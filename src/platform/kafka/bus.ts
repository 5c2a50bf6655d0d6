import type { Bus } from "#platform/facts/bus.ts";
import { startGroupConsumer } from "./consume.ts";
import { type ListenOptions, listenTo } from "./listen.ts";
import { createPublisher } from "./publish.ts";
import { createAsker } from "./read.ts";

export interface KafkaBusOptions extends Omit<ListenOptions, "asker"> {
  /** Until the partitions of a consumer that says nothing go to others. */
  readonly sessionMs: number;
}

/** The bus on Apache Kafka: a topic for each service, keyed by the stream (docs/why/031-events-over-kafka.md). */
export function createKafkaBus(given: KafkaBusOptions): Bus {
  const asker = createAsker(given.place);
  const options = { ...given, asker };
  const publisher = createPublisher(options.place);
  const stops: (() => Promise<void>)[] = [];
  return {
    publish: publisher.publish,
    consume: (consumer) => startGroupConsumer(options, consumer),
    async listen(service) {
      const listening = await listenTo(service, options);
      stops.push(() => listening.close());
      return listening.feed;
    },
    async close() {
      await Promise.all(stops.map((stop) => stop()));
      await Promise.all([publisher.close(), asker.close()]);
    },
  };
}
