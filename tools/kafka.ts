import { randomBytes } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import {
  addressesOf,
  brokersUp,
  endBroker,
  type Layout,
  launchBroker,
  makeLayout,
  readLayout,
  runningPid,
} from "#platform/testing/kafka/brokers.ts";
import { MissingProgram } from "#platform/testing/kafka/install.ts";

// npm run kafka -- start [--brokers 1|3] [--folder data/kafka] | stop | status | clear
// A real Apache Kafka on this machine's loopback, for a person: brokers run on until they are stopped.

const usage = "npm run kafka -- start|stop|status|clear [--brokers 1|3] [--folder data/kafka]";

async function start(folder: string, count: number): Promise<number> {
  await mkdir(folder, { recursive: true });
  const known = readLayout(folder);
  if (known && known.brokers.length !== count) {
    console.error(
      `${folder}: ${known.brokers.length} brokers. 먼저 비워 주세요 / clear it first: npm run kafka -- clear`,
    );
    return 1;
  }
  const layout = known ?? (await makeLayout(folder, count, randomBytes(16).toString("base64url")));
  for (const broker of layout.brokers) if (!(await runningPid(broker))) await launchBroker(broker);
  await brokersUp(layout);
  return status(layout);
}

async function stop(layout: Layout | undefined): Promise<number> {
  await Promise.all((layout?.brokers ?? []).map((broker) => endBroker(broker)));
  return status(layout);
}

async function clear(folder: string, layout: Layout | undefined): Promise<number> {
  await stop(layout);
  if (layout) await rm(folder, { recursive: true, force: true });
  return 0;
}

/** @returns 0 when every broker runs, 3 (as service scripts do) when one does not. */
async function status(layout: Layout | undefined): Promise<number> {
  if (!layout) {
    console.log("Kafka: 아직 없습니다 / not there yet");
    return 3;
  }
  const pids = await Promise.all(layout.brokers.map(runningPid));
  for (const [at, { id, port }] of layout.brokers.entries()) {
    const pid = pids[at];
    console.log(`broker ${id}  127.0.0.1:${port}  ${pid ? `돕니다 / runs (pid ${pid})` : "멈췄습니다 / stopped"}`);
  }
  if (pids.includes(undefined)) return 3;
  console.log(`\nKAFKA_BROKERS=${addressesOf(layout)}`);
  return 0;
}

async function main(): Promise<number> {
  const options = { brokers: { type: "string", default: "1" }, folder: { type: "string" } } as const;
  const { values, positionals } = parseArgs({ args: process.argv.slice(2), options, allowPositionals: true });
  const folder = resolve(values.folder ?? join(import.meta.dirname, "../data/kafka"));
  const [verb] = positionals;
  const count = Number(values.brokers);
  if (count !== 1 && count !== 3) throw new MissingProgram(`--brokers 1|3\n${usage}`);
  if (verb === "start") return start(folder, count);
  if (verb === "stop") return (await stop(readLayout(folder))) === 0 ? 1 : 0;
  if (verb === "status") return status(readLayout(folder));
  if (verb === "clear") return clear(folder, readLayout(folder));
  console.error(usage);
  return 2;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof MissingProgram ? error.message : error);
  process.exitCode = 1;
}
