import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, openSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { Admin } from "@platformatic/kafka";
import { freePort } from "#platform/db/port.ts";
import { installKafka } from "./install.ts";
import { type BrokerPlace, propertiesOf } from "./properties.ts";

const run = promisify(execFile);

/** A cluster of one or three brokers in a folder, as its file `cluster.json` says. */
export interface Layout {
  readonly clusterId: string;
  readonly brokers: readonly BrokerPlace[];
}

const UP_WITHIN_MS = 90_000;
const DOWN_WITHIN_MS = 20_000;

export function readLayout(folder: string): Layout | undefined {
  const file = join(folder, "cluster.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Layout) : undefined;
}

/** `127.0.0.1:40001,…`: what KAFKA_BROKERS takes. */
export function addressesOf(layout: Layout): string {
  return layout.brokers.map(({ port }) => `127.0.0.1:${port}`).join(",");
}

/** Makes the folders, ports and stores of a new cluster; `clusterId` is any 16 bytes in base64url. */
export async function makeLayout(folder: string, count: number, clusterId: string): Promise<Layout> {
  const brokers: BrokerPlace[] = [];
  for (let id = 1; id <= count; id++) {
    const [port, controllerPort] = [await freePort(undefined), await freePort(undefined)];
    brokers.push({ id, port, controllerPort, folder: join(folder, `broker-${id}`) });
  }
  const classPath = await installKafka();
  await Promise.all(brokers.map((broker) => format(classPath, broker, brokers, clusterId)));
  const layout = { clusterId, brokers };
  await writeFile(join(folder, "cluster.json"), JSON.stringify(layout, null, 2));
  return layout;
}

async function format(classPath: string, broker: BrokerPlace, all: readonly BrokerPlace[], clusterId: string) {
  await mkdir(broker.folder, { recursive: true });
  await writeFile(propertiesFile(broker), propertiesOf(broker, all));
  // One word: an id may begin with a dash, and would be taken for an option.
  const tool = ["kafka.tools.StorageTool", "format", `--cluster-id=${clusterId}`, "-c", propertiesFile(broker)];
  await run("java", ["-cp", classPath, ...tool], { timeout: 60_000 });
}

function propertiesFile({ folder }: BrokerPlace): string {
  return join(folder, "server.properties");
}

/** Starts one broker as a process that outlives us; what it says goes to `broker.log` in its folder. */
export async function launchBroker(broker: BrokerPlace): Promise<ChildProcess> {
  const classPath = await installKafka();
  const log = openSync(join(broker.folder, "broker.log"), "a");
  const child = spawn("java", ["-Xmx384m", "-cp", classPath, "kafka.Kafka", propertiesFile(broker)], {
    detached: true,
    stdio: ["ignore", log, log],
  });
  child.unref();
  await writeFile(join(broker.folder, "pid"), `${child.pid}`);
  return child;
}

/** The process of a broker, if it runs. A number alone proves nothing: it may be somebody else's by now. */
export async function runningPid(broker: BrokerPlace): Promise<number | undefined> {
  const file = join(broker.folder, "pid");
  if (!existsSync(file)) return undefined;
  const pid = Number(readFileSync(file, "utf8"));
  const { stdout } = await run("ps", ["-ww", "-o", "stat=,args=", "-p", `${pid}`]).catch(() => ({ stdout: "" }));
  return stdout.includes(propertiesFile(broker)) && !stdout.startsWith("Z") ? pid : undefined;
}

/** Waits until all brokers of the cluster answer. @throws with what they wrote when one ends or takes too long. */
export async function brokersUp(layout: Layout): Promise<void> {
  const admin = new Admin({ clientId: "madang-start", bootstrapBrokers: addressesOf(layout).split(","), retries: 0 });
  try {
    for (let waitedMs = 0; ; waitedMs += 200) {
      const seen = await admin.metadata({ topics: [], forceUpdate: true }).catch(() => undefined);
      if (seen && seen.brokers.size >= layout.brokers.length) return;
      for (const broker of layout.brokers) if (!(await runningPid(broker))) throw new Error(lastWords(broker));
      if (waitedMs > UP_WITHIN_MS) throw new Error(layout.brokers.map(lastWords).join("\n"));
      await pause(200);
    }
  } finally {
    await admin.close();
  }
}

function lastWords({ id, folder }: BrokerPlace): string {
  const log = readFileSync(join(folder, "broker.log"), "utf8").slice(-2_000);
  return `broker ${id} did not start:\n${log}`;
}

/** Ends a broker: politely, and after a while by force. */
export async function endBroker(broker: BrokerPlace, signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
  const pid = await runningPid(broker);
  if (pid === undefined) return;
  process.kill(pid, signal);
  for (let waitedMs = 0; (await runningPid(broker)) !== undefined; waitedMs += 100) {
    if (waitedMs > DOWN_WITHIN_MS) process.kill(pid, "SIGKILL");
    await pause(100);
  }
}
