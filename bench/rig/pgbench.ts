import { spawn, spawnSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { delimiter, join } from "node:path";
import { createPool } from "#platform/db/pool.ts";
import { cpuOf } from "./cpu.ts";
import type { House } from "./house.ts";

/** MECHANISMS.md §13, on the same cluster with its durable settings. */
const RUN = ["-N", "-M", "prepared", "-c", "64", "-j", "2"];
const DATABASE = "pgbench";

export interface Yardstick {
  run(seconds: number): Promise<YardstickRun>;
}

export interface YardstickRun {
  readonly tps: number;
  /** CPU of PostgreSQL for one transaction, in µs: what a machine that others use too cannot change much. */
  readonly postgresUs: number;
}

/** Prepares pgbench's tables in a database of its own. Undefined where pgbench is not installed. */
export async function pgbenchOn(house: House): Promise<Yardstick | undefined> {
  const { databaseUrl } = house;
  const program = findPgbench();
  if (program === undefined) {
    console.error("pgbench is not installed (apt-get install postgresql): no yardstick, no ratio");
    return undefined;
  }
  const pool = createPool({
    ...{ url: databaseUrl, max: 1, applicationName: "bench", statementTimeoutMs: 0 },
    ...{ lockTimeoutMs: 0, idleInTransactionTimeoutMs: 0 },
  });
  await pool.query(undefined, `create database ${DATABASE}`);
  await pool.close();
  const { hostname, port, username, password } = new URL(databaseUrl);
  const env = { ...process.env, PGHOST: hostname, PGPORT: port, PGUSER: username, PGPASSWORD: password };
  const made = spawnSync(program, ["-i", "-q", "-s", "10", DATABASE], { env, encoding: "utf8" });
  if (made.status !== 0) throw new Error(`pgbench could not make its tables: ${made.stderr}`);
  return {
    run: async (seconds) => {
      const before = cpuOf.family(house.postmaster()) ?? Number.NaN;
      const child = spawn(program, [...RUN, "-T", `${seconds}`, DATABASE], {
        env,
        stdio: ["ignore", "pipe", "ignore"],
      });
      let said = "";
      for await (const chunk of child.stdout) said += chunk;
      const tps = /tps = ([\d.]+)/.exec(said)?.[1];
      if (tps === undefined) throw new Error(`pgbench said no tps: ${said}`);
      const spentMs = (cpuOf.family(house.postmaster()) ?? Number.NaN) - before;
      return { tps: Math.round(Number(tps)), postgresUs: Math.round((1000 * spentMs) / (Number(tps) * seconds)) };
    },
  };
}

function findPgbench(): string | undefined {
  const onPath = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, "pgbench"));
  return [...onPath, ...globSync("/usr/lib/postgresql/*/bin/pgbench")].find((path) => existsSync(path));
}
