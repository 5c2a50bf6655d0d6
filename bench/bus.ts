import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { serviceNames } from "#app/bus.ts";
import { allServices } from "#app/services.ts";
import { freePort } from "#app/testing/program.ts";
import type { Pool } from "#platform/db/pool.ts";
import { openBoundary } from "#platform/facts/boundary.ts";
import { createRecordStore } from "#platform/facts/record-store.ts";
import { createRelayStore } from "#platform/facts/relay-store.ts";
import { rewindRelay } from "#platform/facts/rewind.ts";
import { startTestKafka, type TestKafka } from "#platform/testing/kafka/cluster.ts";
import { prepare } from "./checkout.ts";
import type { Job } from "./rig/buyers.ts";
import type { Child } from "./rig/child.ts";
import { countSince, openCounter } from "./rig/count.ts";
import { cpuOf } from "./rig/cpu.ts";
import { type Heard, heardSince, stampCommits, untilHeard } from "./rig/heard.ts";
import { type House, startHouse } from "./rig/house.ts";
import { difference, withBuyers } from "./rig/shopping.ts";
import { makeBenchTopics, openTopicCounter } from "./rig/topics.ts";
import type { Figures } from "./run.ts";

const LEVELS = [
  { buyers: 16, orders: 8_000, seconds: 7 },
  { buyers: 64, orders: 10_000, seconds: 7 },
];
/** The level whose 99th percentiles are compared. */
const MEASURE = "buyers16";
const BACKLOG = { buyers: 64, orders: 12_000, seconds: 10 };
/** The service with most events for a checkout, whose whole log is published again. */
const LOUDEST = "order";
const CALM_MS = 1_500;

type Shopping = Pick<Job, "tossUrl" | "tokens" | "baskets">;
/** Processes whose CPU is counted, by name. */
type Pids = Readonly<Record<string, number>>;

/**
 * The way of a fact over Kafka (one broker, acks=all): all services but the wallet in one process, the wallet in
 * another one, where each approved payment becomes a journal. The yardstick is the same services in one process, which
 * hear each other from memory; the ratio is how many times as long a fact takes over Kafka.
 */
export async function bus(): Promise<Figures> {
  const kafka = await startTestKafka();
  const house = await startHouse();
  try {
    const shopping = { tossUrl: house.tossUrl, ...(await prepare(house)) };
    await withPool(house, stampCommits);
    await house.restart();
    const memory = await levels(house, shopping, {});
    console.error(`from memory: ${JSON.stringify(memory)}`);
    const apart = await apartFrom(house, kafka);
    const overKafka = await levels(house, shopping, apart.pids());
    console.error(`over Kafka: ${JSON.stringify(overKafka)}`);
    const relay = await published(house, kafka, apart.pids());
    console.error(`published again: ${JSON.stringify(relay)}`);
    const consumer = await caughtUp(house, shopping, { leave: apart.stopWallet, comeBack: apart.startWallet });
    console.error(`behind, over Kafka: ${JSON.stringify(consumer)}`);
    const inMemory = await caughtUp(house, shopping, { leave: apart.stopWallet, comeBack: () => house.restart() });
    const ratio = Math.round((100 * (overKafka[MEASURE]?.p99 ?? 0)) / (memory[MEASURE]?.p99 ?? 1)) / 100;
    const yardstick = { fromMemory: memory, consumer: inMemory };
    return { overKafka, relay, consumer, yardstick, ratio };
  } finally {
    await house.stop();
    await kafka.stop();
  }
}

async function withPool<Result>(house: House, use: (pool: Pool) => Promise<Result>): Promise<Result> {
  const pool = openCounter(house.databaseUrl);
  try {
    return await use(pool);
  } finally {
    await pool.close();
  }
}

/** The house without its wallet, which is a process of its own, and hears the others over Kafka. */
async function apartFrom(house: House, kafka: TestKafka) {
  const [port, walletPort] = [await freePort(), await freePort()];
  const secret = randomBytes(32).toString("base64");
  const common = { ...(await makeBenchTopics(kafka.brokers)), SERVICE_SECRET: secret };
  const others = serviceNames.filter((name) => name !== "wallet");
  await house.restart({
    ...{ ...common, SERVICES: others.join(), PORT: `${port}` },
    SERVICE_URL_WALLET: `http://127.0.0.1:${walletPort}`,
  });
  const [broker = 0] = await kafka.pids();
  let wallet: Child;
  const startWallet = async () => {
    const own = { SERVICES: "wallet", PORT: `${walletPort}`, SERVICE_URL_IDENTITY: house.url };
    wallet = (await house.part({ ...common, ...own })).server;
  };
  await startWallet();
  return {
    pids: (): Pids => ({ wallet: wallet.pid, kafka: broker }),
    startWallet,
    stopWallet: () => wallet.stop(),
  };
}

function cpuNow(house: House, pids: Pids): Record<string, number> {
  const all: Pids = { server: house.server.pid, ...pids };
  const each = Object.entries(all).map(([name, pid]) => [name, cpuOf.process(pid) ?? Number.NaN] as const);
  return { ...Object.fromEntries(each), postgres: cpuOf.family(house.postmaster()) ?? Number.NaN };
}

function eachUs(spentMs: Readonly<Record<string, number>>, count: number): Record<string, number> {
  const each = (ms: number) => Math.round((1_000 * ms) / Math.max(1, count));
  return Object.fromEntries(Object.entries(spentMs).map(([name, ms]) => [name, each(ms)]));
}

interface Level extends Pick<Heard, "p50" | "p99" | "worst"> {
  readonly perSecond: number;
  /** For one checkout. */
  readonly cpuUs: Readonly<Record<string, number>>;
}

/** Buyers at each level, after a warm-up: how long after an approval its journal stands in the ledger, in ms. */
async function levels(house: House, shopping: Shopping, pids: Pids): Promise<Record<string, Level>> {
  const found: Record<string, Level> = {};
  await bought(house, { ...shopping, urls: [house.url], buyers: 64, orders: 4_000, seconds: 3 }, pids);
  for (const level of LEVELS) {
    found[`buyers${level.buyers}`] = await bought(house, { ...shopping, ...level, urls: [house.url] }, pids);
  }
  return found;
}

function bought(house: House, job: Job, pids: Pids): Promise<Level> {
  return withPool(house, (pool) =>
    withBuyers(job, async (buy) => {
      const before = cpuNow(house, pids);
      const { startedAt, endedAt, paid, errors } = await buy();
      if (Object.keys(errors).length > 0) throw new Error(JSON.stringify(errors));
      const { complete, lastAt } = await countSince(pool, startedAt, paid);
      const spent = difference(cpuNow(house, pids), before);
      const { p50, p99, worst } = await heardSince(pool, startedAt);
      const perSecond = Math.round((1_000 * complete) / (Math.max(lastAt, endedAt) - startedAt));
      return { perSecond, p50, p99, worst, cpuUs: eachUs(spent, complete) };
    }),
  );
}

/**
 * Has the relay publish a whole log again: how fast that is, and what an event costs each process. The wallet reads all
 * of it and passes over it, so its CPU is the bus's alone.
 */
function published(house: House, kafka: TestKafka, pids: Pids) {
  return withPool(house, async (pool) => {
    const counter = openTopicCounter(kafka.brokers);
    const service = allServices.find(({ name }) => name === LOUDEST);
    if (!service) throw new Error(`there is no service ${LOUDEST}`);
    const rows = async <Row>(_: string, text: string, values: readonly unknown[]) =>
      (await pool.query<Row>(undefined, text, values)).rows;
    const events = await counter.in(LOUDEST);
    const before = cpuNow(house, pids);
    const store = createRecordStore(LOUDEST, { rows }, openBoundary);
    await rewindRelay(service, store, createRelayStore(LOUDEST, { rows }), 1);
    let first: { at: number; count: number } | undefined;
    let last = { at: 0, count: events };
    while (last.count < 2 * events) {
      const count = await counter.in(LOUDEST);
      if (count > last.count) last = { at: performance.now(), count };
      if (count > events) first ??= last;
      await pause(20);
    }
    await pause(CALM_MS);
    const spent = difference(cpuNow(house, pids), before);
    await counter.close();
    const perSecond = Math.round((1_000 * (last.count - (first?.count ?? 0))) / (last.at - (first?.at ?? 0)));
    return { events, perSecond, cpuUs: eachUs(spent, events) };
  });
}

/** The wallet leaves, people buy, it comes back: how fast it hears what it has missed, a journal for each. */
async function caughtUp(
  house: House,
  shopping: Shopping,
  { leave, comeBack }: { readonly leave: () => Promise<unknown>; readonly comeBack: () => Promise<unknown> },
) {
  await leave();
  const { startedAt, paid } = await withBuyers({ ...shopping, ...BACKLOG, urls: [house.url] }, (buy) => buy());
  await comeBack();
  return withPool(house, async (pool) => {
    await untilHeard(pool, startedAt, paid);
    const { events, seconds } = await heardSince(pool, startedAt);
    return { events, perSecond: Math.round(events / seconds) };
  });
}
