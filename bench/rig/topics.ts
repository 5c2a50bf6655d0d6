import { serviceNames } from "#app/bus.ts";
import { makeTopics } from "#app/testing/topics.ts";
import { topicOf } from "#platform/kafka/client.ts";
import { createAsker } from "#platform/kafka/read.ts";

const PREFIX = "bench.";

/** Makes the topics of all services. @returns the settings of who uses them. */
export const makeBenchTopics = (brokers: string) => makeTopics(brokers, PREFIX);

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
