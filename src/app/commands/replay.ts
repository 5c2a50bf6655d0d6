import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Pool } from "#platform/db/pool.ts";
import { openBoundary } from "#platform/facts/boundary.ts";
import type { BusUse } from "#platform/facts/bus.ts";
import { createFeed } from "#platform/facts/feed.ts";
import { createRecordStore, type Statements } from "#platform/facts/record-store.ts";
import { startRelay } from "#platform/facts/relay.ts";
import { createRelayStore } from "#platform/facts/relay-store.ts";
import { rewindRelay } from "#platform/facts/rewind.ts";
import type { AnyService } from "#platform/service.ts";
import { createLog } from "#platform/telemetry/pino-log.ts";
import { openBus } from "../bus.ts";
import { machineNow } from "../clock.ts";
import { servicePool } from "../database.ts";
import { attachDatabase } from "../open-database.ts";
import { readForRun } from "../run-config.ts";
import { StartRefused } from "../start-refused.ts";
import { endAll, type Stops } from "../stops.ts";

const USAGE = "npm run replay -- --service order --from 1";
const LOOK_EVERY_MS = 200;

/**
 * Publishes a service's events again, from a position of its fact log on: for a topic that was lost or has forgotten
 * what a consumer still needs. A running house may do the publishing; this waits until it is done.
 */
export async function replayCommand(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { name, from, rest } = readArguments(args);
  const config = readForRun([...rest, `--services=${name}`], env);
  const [service] = config.services;
  if (!service || config.platform.kafkaBrokers.length === 0) throw new StartRefused("KAFKA_BROKERS가 필요합니다.");
  const { log, flush } = createLog({ level: config.platform.logLevel, now: machineNow });
  const stops: Stops = [async () => flush()];
  try {
    const database = await attachDatabase(config);
    stops.push(() => database.stop());
    const pool = servicePool(database.urlOf(name), service, 2);
    stops.push(() => pool.close());
    const bus = await openBus(config, log, (ms) => pause(ms, undefined, { ref: false }), stops);
    if (!bus) return 1;
    return await publishAgain({ service, from, bus, statements: statementsOf(pool), log });
  } finally {
    await endAll(stops);
  }
}

interface Task {
  readonly service: AnyService;
  readonly from: number;
  readonly bus: BusUse;
  readonly statements: Statements;
  readonly log: ReturnType<typeof createLog>["log"];
}

async function publishAgain({ service, from, bus, statements, log }: Task): Promise<number> {
  const store = createRecordStore(service.name, statements, openBoundary);
  const relays = createRelayStore(service.name, statements);
  const head = await store.head();
  const rewound = await rewindRelay(service, store, relays, from);
  if ("notYet" in rewound) {
    console.log(`${service.name}: ${rewound.notYet}까지만 나갔습니다 · published up to ${rewound.notYet} only`);
    return 1;
  }
  const feed = createFeed(service.name, service.announce, store);
  await feed.poll();
  const wait = (ms: number) => pause(ms);
  const relay = startRelay({ ...bus, feed, store: relays, wait, log });
  try {
    while ((await relays.position()) < head) await pause(LOOK_EVERY_MS);
  } finally {
    await relay.close();
  }
  console.log(`${service.name}: ${from}–${head} 다시 내보냈습니다 · published again`);
  return 0;
}

function statementsOf(pool: Pool): Statements {
  return { rows: async (name, text, values) => (await pool.query<never>(name, text, values)).rows };
}

/** Ours are --service and --from; what is left are keys of the configuration. */
function readArguments(args: readonly string[]): { name: string; from: number; rest: string[] } {
  const options = { service: { type: "string" }, from: { type: "string" } } as const;
  const { values, tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const rest = tokens.flatMap((token) =>
    token.kind === "option" && token.name !== "service" && token.name !== "from"
      ? [`--${token.name}=${token.value}`]
      : [],
  );
  const [name, from] = [String(values.service ?? ""), Number(values.from)];
  if (name === "" || !Number.isSafeInteger(from) || from < 1) throw new StartRefused(USAGE);
  return { name, from, rest };
}
