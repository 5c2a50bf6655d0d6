import { startTestKafka } from "#platform/testing/kafka/cluster.ts";
import { prepare } from "./checkout.ts";
import { openCounter } from "./rig/count.ts";
import { cpuOf } from "./rig/cpu.ts";
import { startHouse } from "./rig/house.ts";
import { splitUp } from "./rig/parts.ts";
import { buyAll } from "./rig/shopping.ts";
import { makeBenchTopics } from "./rig/topics.ts";
import type { Figures } from "./run.ts";

/** The first is the process that the embedded database belongs to. */
const GROUPS = [["identity"], ["store", "catalog", "cart", "chat"], ["stock"], ["order", "payment", "wallet"]].map(
  (services) => ({ services }),
);
const LOAD = { buyers: 64, orders: 60_000, seconds: 10 };
/** A process is a third slower until it has done some 20,000 checkouts (docs/why/039); split up, it does fewer. */
const WARM_UP_SECONDS = 30;

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
    await buy([house.url], WARM_UP_SECONDS);
    const one = await buy([house.url], LOAD.seconds);
    console.error(`one process: ${JSON.stringify(one)}`);
    const { edge, parts } = await splitUp(house, GROUPS, await makeBenchTopics(kafka.brokers));
    const pids = [...parts, edge].map(({ pid }) => pid);
    await buy([edge.url], WARM_UP_SECONDS);
    const cpu = pids.map((pid) => cpuOf.process(pid) ?? Number.NaN);
    const many = await buy([edge.url], LOAD.seconds);
    const names = [...GROUPS.map(({ services }) => services.join("+")), "edge"];
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
