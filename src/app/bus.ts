import type { BusUse } from "#platform/facts/bus.ts";
import type { TopicState } from "#platform/kafka/topics.ts";
import type { AnyService } from "#platform/service.ts";
import type { Log } from "#platform/telemetry/log.ts";
import { monotonicMs } from "./clock.ts";
import type { Config } from "./config.ts";
import { allServices } from "./services.ts";
import { StartRefused } from "./start-refused.ts";
import type { Stops } from "./stops.ts";

/** Whose events a service hears, whoever runs where. */
export function heardBy(service: AnyService): string[] {
  return [
    ...(service.reactions ?? []).map(({ on }) => on.service),
    ...(service.views ?? []).flatMap(({ projections }) => projections.map(({ on }) => on.service)),
    ...(service.tails ?? []).map(({ on }) => on.service),
  ];
}

/**
 * The bus that the configuration names; none when all services are in this process and no brokers are given.
 * @throws StartRefused when somebody could not be heard: without brokers, without their topics, or with others.
 */
export async function openBus(
  { platform, services }: Config,
  log: Log,
  wait: (ms: number) => Promise<void>,
  stops: Stops,
): Promise<BusUse | undefined> {
  const here = new Set(services.map(({ name }) => name));
  const heard = new Set(services.flatMap(heardBy));
  const elsewhere = [...heard].filter((name) => !here.has(name));
  if (platform.kafkaBrokers.length === 0) {
    if (elsewhere.length > 0) throw deaf(elsewhere);
    return undefined;
  }
  const place = { brokers: platform.kafkaBrokers, prefix: platform.kafkaPrefix };
  await checkTopics(place, [...new Set([...here, ...heard])]);
  // Only who has brokers pays for reading the client.
  const { createKafkaBus } = await import("#platform/kafka/bus.ts");
  const bus = createKafkaBus({ place, sessionMs: platform.kafkaSessionMs, wait, log });
  stops.push(() => bus.close());
  const isForNeighbours = platform.kafkaWithin === "kafka";
  return { bus, leaseMs: platform.relayLeaseMs, nowMs: monotonicMs, isForNeighbours };
}

function deaf(names: readonly string[]): StartRefused {
  const list = names.join(", ");
  return new StartRefused(
    `이 서비스들이 듣는 ${list}이(가) 여기서 돌지 않습니다. KAFKA_BROKERS가 필요합니다.\n` +
      `${list} is heard from here but does not run here: KAFKA_BROKERS is needed.`,
  );
}

/** With another number of partitions a key is elsewhere than its cursor; copies and retention are not our affair. */
async function checkTopics(place: { brokers: readonly string[]; prefix: string }, names: readonly string[]) {
  const states = await askTopics(place, (topics) => topics.check(names, { replicas: 0, retentionDays: 1 }));
  const wrong = states.filter(({ exists, differs }) => !exists || differs.some((one) => one.startsWith("partitions")));
  if (wrong.length === 0) return;
  const list = wrong.map(({ topic, differs }) => `${topic} (${differs[0] ?? "missing"})`).join(", ");
  throw new StartRefused(
    `Kafka의 토픽이 맞지 않습니다: ${list}. 먼저 npm run topics\nTopics of Kafka do not fit: ${list}. First npm run topics`,
  );
}

type Topics = ReturnType<typeof import("#platform/kafka/topics.ts")["openTopics"]>;

/** @throws StartRefused when no broker answers. */
export async function askTopics<Answer extends readonly (TopicState | string)[]>(
  place: { brokers: readonly string[]; prefix: string },
  ask: (topics: Topics) => Promise<Answer>,
): Promise<Answer> {
  const { openTopics } = await import("#platform/kafka/topics.ts");
  const topics = openTopics(place);
  try {
    return await ask(topics);
  } catch (error) {
    const brokers = place.brokers.join(", ");
    throw new StartRefused(
      `Kafka에 닿지 않습니다: KAFKA_BROKERS=${brokers}. 이 컴퓨터에 띄우려면 npm run kafka -- start\n` +
        `Kafka cannot be reached: KAFKA_BROKERS=${brokers}. To start one on this machine: npm run kafka -- start\n${error}`,
    );
  } finally {
    await topics.close().catch(() => undefined);
  }
}

export const serviceNames: readonly string[] = allServices.map(({ name }) => name);
