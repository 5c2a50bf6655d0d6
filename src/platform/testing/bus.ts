import type { BusUse } from "#platform/facts/bus.ts";
import { createKafkaBus } from "#platform/kafka/bus.ts";
import { openTopics } from "#platform/kafka/topics.ts";
import type { AnyService } from "#platform/service.ts";
import type { Log } from "#platform/telemetry/log.ts";
import { startTestKafka, type TestKafka } from "./kafka/cluster.ts";

/** One broker for the whole run, started by tools/test.ts --split; a file run by itself starts its own. */
let kafka: Promise<TestKafka> | undefined;

export async function testBrokers(): Promise<string> {
  const brokers = process.env.MADANG_TEST_KAFKA;
  if (brokers !== undefined) return brokers;
  kafka ??= startTestKafka();
  return (await kafka).brokers;
}

/** Stops the broker if this file started it; startApp does so when the last app is closed. */
export async function stopTestBrokers(): Promise<void> {
  const running = kafka;
  kafka = undefined;
  await (await running)?.stop();
}

/** True: apps of this run hear each other over Kafka, so that the tests of flows are tests of that bus. */
export function isBusKafka(): boolean {
  return process.env.MADANG_TEST_BUS === "kafka";
}

export interface TestBusOptions {
  readonly services: readonly AnyService[];
  readonly databaseUrl: string;
  readonly wait: (ms: number) => Promise<void>;
  readonly log: Log;
  readonly brokers?: string;
  readonly isForNeighbours?: boolean;
  readonly leaseMs?: number;
}

/** A bus on the real brokers, with topics of its own for each database. */
export async function testBus(options: TestBusOptions): Promise<BusUse> {
  const { services, databaseUrl, wait, log, isForNeighbours = true, leaseMs = 1_000 } = options;
  const place = placeOf(databaseUrl, options.brokers ?? (await testBrokers()));
  const topics = openTopics(place);
  const said = services.flatMap((service) => [service.name, ...heardBy(service)]);
  await topics.make([...new Set(said)], { replicas: 0, retentionDays: 1 });
  await topics.close();
  const bus = createKafkaBus({ place, sessionMs: 6_000, wait, log });
  return { bus, leaseMs, nowMs: () => performance.now(), isForNeighbours };
}

/** Topics are named after the database: apps on one database are parts of one house. */
export function placeOf(databaseUrl: string, brokers: string) {
  return { brokers: brokers.split(","), prefix: `${new URL(databaseUrl).pathname.slice(1)}.` };
}

function heardBy(service: AnyService): string[] {
  return [
    ...(service.reactions ?? []).map(({ on }) => on.service),
    ...(service.views ?? []).flatMap(({ projections }) => projections.map(({ on }) => on.service)),
    ...(service.tails ?? []).map(({ on }) => on.service),
  ];
}
