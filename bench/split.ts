import { randomBytes } from "node:crypto";
import { serviceNames } from "#app/bus.ts";
import { freePort } from "#app/testing/program.ts";
import { openTopics } from "#platform/kafka/topics.ts";
import { startTestKafka } from "#platform/testing/kafka/cluster.ts";
import { prepare } from "./checkout.ts";
import { openCounter } from "./rig/count.ts";
import { cpuOf } from "./rig/cpu.ts";
import { type House, startHouse } from "./rig/house.ts";
import { buyAll } from "./rig/shopping.ts";
import type { Figures } from "./run.ts";

/** The first is the process that the embedded database belongs to. */
const GROUPS = [["identity"], ["store", "catalog", "cart", "chat"], ["stock"], ["order", "payment", "wallet"]];
const PREFIX = "bench.";
const LOAD = { buyers: 64, orders: 25_000, seconds: 10 };

/**
 * Complete paid checkouts a second of an edge, four processes, Kafka (one broker, acks=all) and PostgreSQL on the same
 * cores. The yardstick is one process that runs everything, in the same run on the same database.
 */
export async function split(): Promise<Figures> {
  const kafka = await startTestKafka();
  const house = await startHouse();
  try {
    const shopping = { tossUrl: house.tossUrl, ...(await prepare(house)), ...LOAD };
    const buy = async (urls: string[], seconds: number) => {
      const pool = openCounter(house.databaseUrl);
      const { perSecond, seen, cost } = await buyAll(house, pool, { ...shopping, urls, seconds });
      await pool.close();
      return { perSecond, p50: seen.p50, p99: seen.p99, errors: seen.errors, cost };
    };
    await buy([house.url], 4);
    const one = await buy([house.url], LOAD.seconds);
    console.error(`one process: ${JSON.stringify(one)}`);
    const { edge, pids } = await splitUp(house, kafka.brokers);
    await buy([edge], 4);
    const cpu = pids.map((pid) => cpuOf.process(pid) ?? Number.NaN);
    const many = await buy([edge], LOAD.seconds);
    const names = [...GROUPS.map((group) => group.join("+")), "edge"];
    const spent = pids.map((pid, n) => (cpuOf.process(pid) ?? Number.NaN) - (cpu[n] ?? 0));
    const each = (ms: number) => Math.round((1_000 * ms) / Math.max(1, many.perSecond * LOAD.seconds));
    const cpuUs = Object.fromEntries(names.map((name, n) => [name, each(spent[n] ?? Number.NaN)]));
    const ratio = Math.round((1000 * many.perSecond) / one.perSecond) / 1000;
    return { split: { ...many, cpuUs }, yardstick: { oneProcess: one.perSecond }, ratio };
  } finally {
    await house.stop();
    await kafka.stop();
  }
}

/** Ends the one process and starts an edge and the parts on its database. */
async function splitUp(house: House, brokers: string) {
  const topics = openTopics({ brokers: brokers.split(","), prefix: PREFIX });
  await topics.make(serviceNames, { replicas: 0, retentionDays: 1 });
  await topics.close();
  const ports = await Promise.all(GROUPS.map(freePort));
  const addresses = GROUPS.flatMap((group, n) => group.map((name) => [name, `http://127.0.0.1:${ports[n]}`] as const));
  const secret = randomBytes(32).toString("base64");
  const settings = (services: readonly string[], port: number | undefined) => ({
    ...{
      KAFKA_BROKERS: brokers,
      KAFKA_PREFIX: PREFIX,
      SERVICE_SECRET: secret,
      SERVICES: services.join(),
      PORT: `${port ?? 0}`,
    },
    ...Object.fromEntries(
      addresses.flatMap(([name, url]) => (services.includes(name) ? [] : [[`SERVICE_URL_${name.toUpperCase()}`, url]])),
    ),
  });
  await house.restart(settings(GROUPS[0] ?? [], ports[0]));
  const parts = [];
  for (const [n, group] of GROUPS.entries()) if (n > 0) parts.push(await house.part(settings(group, ports[n])));
  const edge = await house.part(settings(["edge"], 0));
  return { edge: edge.url, pids: [house.server.pid, ...parts.map(({ server }) => server.pid), edge.server.pid] };
}
