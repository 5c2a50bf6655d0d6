import assert from "node:assert/strict";
import { openTopics } from "#platform/kafka/topics.ts";
import { testBrokers } from "#platform/testing/bus.ts";
import { serviceNames } from "../bus.ts";
import { runProgram } from "./program.ts";

type BusSettings = Readonly<Record<"KAFKA_BROKERS" | "KAFKA_PREFIX", string>>;

/** Makes the topics of all services, for a day. @returns the settings of who uses them. */
export async function makeTopics(brokers: string, prefix: string): Promise<BusSettings> {
  const topics = openTopics({ brokers: brokers.split(","), prefix });
  await topics.make(serviceNames, { replicas: 0, retentionDays: 1 });
  await topics.close();
  return { KAFKA_BROKERS: brokers, KAFKA_PREFIX: prefix };
}

/**
 * The same on the tests' broker by our own command, as people do. Before anything starts: whoever runs all services must
 * know their topics.
 */
export async function commandTopics(prefix: string): Promise<BusSettings> {
  const bus = { KAFKA_BROKERS: await testBrokers(), KAFKA_PREFIX: prefix };
  const { code, output } = await runProgram({ args: ["topics"], env: { ...bus, DEMO: "true" } });
  assert.equal(code, 0, output);
  return bus;
}
