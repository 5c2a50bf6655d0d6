import { serviceNames } from "#app/bus.ts";
import { topicOf } from "#platform/kafka/client.ts";
import { createAsker } from "#platform/kafka/read.ts";
import { openTopics } from "#platform/kafka/topics.ts";

const PREFIX = "bench.";

/** Makes the topics of all services. @returns the settings of who uses them. */
export async function makeTopics(brokers: string) {
  const topics = openTopics({ brokers: brokers.split(","), prefix: PREFIX });
  await topics.make(serviceNames, { replicas: 0, retentionDays: 1 });
  await topics.close();
  return { KAFKA_BROKERS: brokers, KAFKA_PREFIX: PREFIX };
}

/** Counts the messages in topics. */
export function openTopicCounter(brokers: string) {
  const place = { brokers: brokers.split(","), prefix: PREFIX };
  const asker = createAsker(place);
  const countIn = async (service: string) =>
    (await asker.end(topicOf(place, service))).reduce((sum, end) => sum + end, 0);
  return {
    in: countIn,
    inAll: async () => (await Promise.all(serviceNames.map(countIn))).reduce((sum, count) => sum + count, 0),
    close: () => asker.close(),
  };
}
