import { resolve } from "node:path";
import type { Pool } from "#platform/db/pool.ts";
import { replayEqualsLive } from "#platform/facts/replay.ts";
import type { AnyService } from "#platform/service.ts";
import type { Config } from "../config.ts";
import { readerPool } from "../database.ts";
import { runningGateways } from "../demo/gateways.ts";
import { allInvariants } from "../invariants/all.ts";
import { attachDatabase } from "../open-database.ts";
import { readForRun } from "../run-config.ts";
import { allServices } from "../services.ts";
import { type DatabaseServer, type Look, looksAcross } from "./verify/across.ts";
import { compareWithTruth, type NotCompared } from "./verify/truth.ts";

const ROWS_SHOWN = 20;
/** Longer than a batch, an event and a step of work take together. */
const LOOK_AGAIN_MS = 1_500;

/** Runs every invariant on the live database with a role that can only read; 0 only if none has an offending row. */
export async function verify(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const config = readForRun(args, env);
  const database = await attachDatabase(config);
  const servers = serversOf(database.urlOf);
  try {
    return (await checkAll(servers, truthAddresses(config))) === 0 ? 0 : 1;
  } finally {
    await Promise.all(servers.map(({ pool }) => pool.close()));
    await database.stop();
  }
}

function serversOf(urlOf: (service: string) => string): readonly DatabaseServer[] {
  const byUrl = Map.groupBy(allServices, ({ name }) => urlOf(name));
  return [...byUrl].map(([url, services]) => ({ services, pool: readerPool(url) }));
}

function poolOf(servers: readonly DatabaseServer[], service: string): Pool {
  const server = servers.find(({ services }) => services.some(({ name }) => name === service));
  if (!server) throw new Error(`${service} has no server`);
  return server.pool;
}

type Addresses = Readonly<Record<"toss" | "kakaopay", string>>;

/** The gateways' own books: at the addresses that are set, else of the demo that runs on the data folder. */
function truthAddresses({ platform }: Config): Addresses {
  const demo = platform.demo ? runningGateways(resolve(platform.dataDir)) : undefined;
  return {
    toss: platform.tossTruthUrl || (demo?.toss ?? ""),
    kakaopay: platform.kakaopayTruthUrl || (demo?.kakaopay ?? ""),
  };
}

async function checkAll(servers: readonly DatabaseServer[], addresses: Addresses): Promise<number> {
  let broken = 0;
  let notCompared = 0;
  const checks = [
    ...looksAcross(allInvariants, servers).map(sqlCheck),
    ...allServices.map((service) => replayCheck(service, poolOf(servers, service.name))),
    ...truthChecks(poolOf(servers, "payment"), addresses),
  ];
  for (const { id, ko, en, offenders } of checks) {
    const rows = await offenders();
    if ("notCompared" in rows) {
      notCompared += 1;
      console.log(`– ${id.padEnd(34)} 비교하지 못했습니다 · NOT COMPARED: ${rows.notCompared}`);
      continue;
    }
    console.log(`${rows.length === 0 ? "✓" : "✗"} ${id.padEnd(34)} ${ko} · ${en}`);
    if (rows.length === 0) continue;
    broken += 1;
    for (const row of rows.slice(0, ROWS_SHOWN)) console.log(`    ${JSON.stringify(row)}`);
    if (rows.length > ROWS_SHOWN) console.log(`    … ${rows.length - ROWS_SHOWN} more`);
  }
  const compared = checks.length - notCompared;
  const whole = `${compared - broken}/${compared}`;
  const rest = notCompared === 0 ? "" : `; 비교하지 못한 것 · not compared: ${notCompared}`;
  console.log(
    broken === 0
      ? `\n모두 지켜집니다 · all hold (${whole}${rest})`
      : `\n깨진 것이 있습니다 · broken (${whole} hold${rest})`,
  );
  return broken;
}

interface Check {
  readonly id: string;
  readonly ko: string;
  readonly en: string;
  offenders(): Promise<readonly unknown[] | NotCompared>;
}

function sqlCheck({ invariant: { id, ko, en, atRest }, rows }: Look): Check {
  return { id, ko, en, offenders: () => (atRest ? stillThere(rows) : rows()) };
}

/** The facts of a service make the very rows that are live (I9, D7, G21). */
function replayCheck(service: AnyService, pool: Pool): Check {
  const sql = {
    rows: async <Row>(_name: string, text: string, values?: readonly unknown[]) =>
      (await pool.query<Row>(undefined, text, values)).rows,
  };
  return {
    id: `replay.${service.name}`,
    ko: "사실을 다시 돌린 것이 살아 있는 상태와 같다",
    en: "Replaying the facts gives the live rows",
    offenders: () => stillThere(() => replayEqualsLive(sql, service)),
  };
}

/** Each gateway's attempts against its own book (I4, I6); a payment may move between the two readings. */
function truthChecks(pool: Pool, addresses: Addresses): Check[] {
  return Object.entries(addresses).map(([gateway, address]) => ({
    id: `I6.truth_of_${gateway}`,
    ko: "시도의 결과 = 결제사의 진짜 장부",
    en: "No attempt is DECLINED that the gateway carried out, none SUCCEEDED that it did not",
    offenders: () => stillThere(() => compareWithTruth(pool, gateway, address)),
  }));
}

/** What holds at rest only is looked at twice: on a live database a row offends if it still does so after a pause. */
async function stillThere(
  look: () => Promise<readonly unknown[] | NotCompared>,
): Promise<readonly unknown[] | NotCompared> {
  const rows = await look();
  if ("notCompared" in rows || rows.length === 0) return rows;
  await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  const before = new Set(rows.map((row) => JSON.stringify(row)));
  const after = await look();
  return "notCompared" in after ? after : after.filter((row) => before.has(JSON.stringify(row)));
}
