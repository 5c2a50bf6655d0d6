import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Pool } from "#platform/db/pool.ts";
import { dropDatabase } from "#platform/db/template.ts";
import { readerPool } from "../database.ts";
import { type DemoGateways, startDemoGateways } from "../demo/gateways.ts";
import { type SplitHouse, startSplit } from "../testing/split.ts";
import { makeTopics } from "../testing/topics.ts";
import type { Ground } from "./ground.ts";
import type { Job } from "./load.ts";

/** A split house on the ground's servers, with a database, topics, gateways and people of its own. */
export interface KillsHouse {
  readonly split: SplitHouse;
  /** Reads every schema and changes none. */
  readonly reader: Pool;
  readonly gateways: Readonly<Record<"toss" | "kakaopay", string>>;
  readonly history: string;
  /** The people leave when they have finished what they are at. @returns whether they all were answered. */
  closeTown(): Promise<boolean>;
  stop(): Promise<void>;
}

export interface HouseOptions {
  readonly name: string;
  readonly seed: number;
  readonly buyers: number;
  readonly vases: number;
  /** Of each part of the house, and of its edge. */
  readonly processes: number;
  /** For all processes of the house, over what every house has. */
  readonly env?: Readonly<Record<string, string>>;
  /** What the administrator changes before anybody comes. */
  readonly alter?: string;
}

const SHELVES = ["store", "catalog", "cart", "stock", "chat"];
const ORDERS = ["order", "payment", "wallet"];

/**
 * Every deadline that a person or a dead process is waited for is short, so that the storm goes past many of them and
 * calm comes soon. None is shorter than what it must outlast: a call is given up before its lease is.
 */
const HASTE = {
  ORDER_PAY_WITHIN_SECONDS: "12",
  ORDER_HOLDS_OUTLAST_SECONDS: "8",
  ORDER_ACCEPT_WITHIN_SECONDS: "12",
  PAYMENT_GATEWAY_TIMEOUT_MS: "3000",
  PAYMENT_RESOLVE_AFTER_SECONDS: "5",
  PAYMENT_RESOLVE_UNKNOWN_SECONDS: "1",
  PAYMENT_RESOLVE_LONGEST_SECONDS: "5",
  REQUEST_TIMEOUT_MS: "5000",
  WORK_LEASE_MS: "6000",
  RELAY_LEASE_MS: "2000",
  KAFKA_SESSION_MS: "6000",
};

/** How long a gateway takes with money: real ones take longer than a loopback, and who is killed then is in doubt. */
const GATEWAY_MS = 60;

export async function openHouse(ground: Ground, options: HouseOptions): Promise<KillsHouse> {
  const { name, alter } = options;
  const folder = join(ground.folder, name);
  mkdirSync(folder);
  const databaseUrl = await ground.clone(name);
  const stops: (() => unknown)[] = [() => dropDatabase(ground.database.url, name)];
  const stop = async () => {
    for (const end of stops.splice(0).toReversed()) await end();
  };
  ground.stops.push(stop);
  try {
    if (alter !== undefined) await ground.admin.query(undefined, `alter database ${name} ${alter}`);
    const bus = await makeTopics(ground.kafka.brokers, `${name}.`);
    const [toss, kakaopay] = await openGateways(ground, folder, stops);
    const gateways = { toss: toss.toss, kakaopay: kakaopay.kakaopay };
    const env = {
      ...{ ...ground.env, ...bus, ...HASTE, ...addressesOf(gateways) },
      ...{ DEMO: "false", REDIS_URL: ground.redis.url, LOG_LEVEL: "warn" },
      ...{ IDENTITY_ACCESS_TOKEN_SECONDS: "3600", ACCOUNT_RATE_LIMIT_PER_MINUTE: "1000000" },
      ...options.env,
    };
    const { processes } = options;
    const parts = [SHELVES, ORDERS].map((services) => ({ services, processes }));
    const groups = [{ services: ["identity"], processes: 1 }, ...parts];
    const split = await startSplit({ groups, edges: processes, databaseUrl, env });
    stops.push(() => split.stop());
    const edges = split.edges.map(({ url }) => url);
    await toss.sendWebhooksTo(`${edges[0]}/webhooks/toss`);
    const reader = readerPool(databaseUrl);
    stops.push(() => reader.close());
    const history = join(folder, "history.jsonl");
    const { seed, buyers, vases } = options;
    const people = await openTown({ edges, pages: gateways, buyers, vases, seed, history });
    stops.push(() => people.kill("SIGKILL"));
    return { split, reader, gateways, history, closeTown: () => closeTown(people), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Each gateway is a process of its own, which nobody kills: their books are the truth about money. */
async function openGateways({ env }: Ground, folder: string, stops: (() => unknown)[]) {
  const keys = { toss: env.PAYMENT_TOSS_SECRET_KEY ?? "", kakaopay: env.PAYMENT_KAKAOPAY_SECRET_KEY ?? "" };
  const open = async (name: "toss" | "kakaopay"): Promise<DemoGateways> => {
    const gateways = await startDemoGateways(join(folder, name), keys);
    stops.push(() => gateways.stop());
    for (const operation of name === "toss" ? ["confirm", "cancel"] : ["approve", "cancel"]) {
      const fault = { operation, kind: "slow-answer", ms: GATEWAY_MS, times: "forever" };
      const headers = { "content-type": "application/json" };
      await fetch(`${gateways[name]}/fake/faults`, { method: "POST", headers, body: JSON.stringify(fault) });
    }
    return gateways;
  };
  return [await open("toss"), await open("kakaopay")] as const;
}

function addressesOf({ toss, kakaopay }: KillsHouse["gateways"]): Record<string, string> {
  return {
    PAYMENT_TOSS_BASE_URL: toss,
    PAYMENT_TOSS_PAGE_URL: `${toss}/pay`,
    PAYMENT_KAKAOPAY_BASE_URL: kakaopay,
    TOSS_TRUTH_URL: toss,
    KAKAOPAY_TRUTH_URL: kakaopay,
  };
}

const LOAD = join(import.meta.dirname, "load.ts");
const OPEN_WITHIN_MS = 30_000;
const CLOSE_WITHIN_MS = 150_000;

async function openTown(job: Job): Promise<ChildProcess> {
  const people = spawn(process.execPath, [LOAD, JSON.stringify(job)], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: people.stdout as NodeJS.ReadableStream });
  const opened = once(lines, "line", { signal: AbortSignal.timeout(OPEN_WITHIN_MS) });
  const left = once(people, "exit").then(() => Promise.reject(new Error("the people left before the town was open")));
  await Promise.race([opened, left]);
  return people;
}

async function closeTown(people: ChildProcess): Promise<boolean> {
  if (people.exitCode === null) {
    const ended = once(people, "exit", { signal: AbortSignal.timeout(CLOSE_WITHIN_MS) });
    people.stdin?.write("close\n");
    await ended;
  }
  return people.exitCode === 0;
}
