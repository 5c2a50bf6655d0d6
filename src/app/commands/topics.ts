import { PARTITIONS } from "#platform/facts/partition.ts";
import { askTopics, serviceNames } from "../bus.ts";
import { readForRun } from "../run-config.ts";
import { StartRefused } from "../start-refused.ts";

/** Makes the topics that are missing, and says how the others differ from the configuration; 0 only if none does. */
export async function topicsCommand(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { kafkaBrokers, kafkaPrefix, kafkaReplicas, kafkaRetentionDays } = readForRun(args, env).platform;
  if (kafkaBrokers.length === 0) {
    throw new StartRefused("KAFKA_BROKERS가 필요합니다. / KAFKA_BROKERS is needed: npm run kafka -- start");
  }
  const place = { brokers: kafkaBrokers, prefix: kafkaPrefix };
  const plan = { replicas: kafkaReplicas, retentionDays: kafkaRetentionDays };
  const made = new Set(await askTopics(place, (topics) => topics.make(serviceNames, plan)));
  const states = await askTopics(place, (topics) => topics.check(serviceNames, plan));
  for (const { topic, differs } of states) {
    const what = made.has(topic) ? "만들었습니다 · made" : "있습니다 · there";
    const as = `${PARTITIONS} partitions, ${kafkaRetentionDays} days`;
    console.log(`${differs.length === 0 ? "✓" : "✗"} ${topic.padEnd(24)} ${what}, ${as}`);
    for (const one of differs) console.log(`    ${one}`);
  }
  return states.every(({ differs }) => differs.length === 0) ? 0 : 1;
}
