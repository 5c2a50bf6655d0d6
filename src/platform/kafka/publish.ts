import { ProduceAcks, Producer, stringSerializers } from "@platformatic/kafka";
import type { BusMessage } from "#platform/facts/bus.ts";
import { clientOptions, type KafkaPlace, topicOf } from "./client.ts";

type TextProducer = Producer<string, string, string, string>;

export interface Publisher {
  /** One try. @throws when it is not certain that all messages are in the topic of the service. */
  publish(service: string, messages: readonly BusMessage[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Idempotent, acknowledged by all replicas in sync. Each service has a producer of its own; after a failure it is given
 * up, as its sequence numbers may be ahead of what the brokers have seen. What is sent anew may then stand twice in the
 * topic, which every consumer passes over by position.
 */
export function createPublisher(place: KafkaPlace): Publisher {
  const producers = new Map<string, TextProducer>();

  function producerOf(service: string): TextProducer {
    const known = producers.get(service);
    if (known) return known;
    const made: TextProducer = new Producer({
      ...clientOptions(place, `relay-${service}`),
      serializers: stringSerializers,
      idempotent: true,
      acks: ProduceAcks.ALL,
    });
    producers.set(service, made);
    return made;
  }

  return {
    async publish(service, messages) {
      const producer = producerOf(service);
      const topic = topicOf(place, service);
      try {
        await producer.send({
          messages: messages.map(({ key, partition, text }) => ({ topic, partition, key, value: text })),
        });
      } catch (error) {
        producers.delete(service);
        void producer.close().catch(() => undefined);
        throw error;
      }
    },
    close: async () => {
      await Promise.all([...producers.values()].map((producer) => producer.close().catch(() => undefined)));
    },
  };
}
