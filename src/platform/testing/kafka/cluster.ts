import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addressesOf, brokersUp, endBroker, launchBroker, makeLayout, runningPid } from "./brokers.ts";

/** A real cluster for a test, in a folder of its own. */
export interface TestKafka {
  /** What KAFKA_BROKERS takes. */
  readonly brokers: string;
  /** The processes of the brokers that run. */
  pids(): Promise<readonly number[]>;
  /** SIGKILL to the broker with this number, from 1. */
  kill(id: number): Promise<void>;
  /** Starts a killed broker again, and waits until all answer. */
  revive(id: number): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one or three brokers on free ports; about 6 s. @throws MissingProgram without Java or Maven. */
export async function startTestKafka(count: 1 | 3 = 1): Promise<TestKafka> {
  const folder = await mkdtemp(join(tmpdir(), "madang-kafka-"));
  const layout = await makeLayout(folder, count, randomBytes(16).toString("base64url"));
  const brokerOf = (id: number) => {
    const broker = layout.brokers.find((one) => one.id === id);
    if (!broker) throw new Error(`there is no broker ${id}`);
    return broker;
  };
  async function stop(): Promise<void> {
    await Promise.all(layout.brokers.map((broker) => endBroker(broker, "SIGKILL")));
    await rm(folder, { recursive: true, force: true });
  }
  try {
    await Promise.all(layout.brokers.map(launchBroker));
    await brokersUp(layout);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    brokers: addressesOf(layout),
    pids: async () => (await Promise.all(layout.brokers.map(runningPid))).filter((pid) => pid !== undefined),
    kill: (id) => endBroker(brokerOf(id), "SIGKILL"),
    async revive(id) {
      await launchBroker(brokerOf(id));
      await brokersUp(layout);
    },
    stop,
  };
}
