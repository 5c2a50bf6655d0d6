import { mkdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import { ensureCluster, type Paths, pathsIn, prepareFolder, readPassword, superuser, writeOwn } from "./cluster.ts";
import { withDatabase } from "./connect-url.ts";
import { lockFolder } from "./folder-lock.ts";
import { chooseLaunch, type Launch } from "./launch.ts";
import { freePort } from "./port.ts";
import { boundLog, DatabaseNotStarted, endLeftSessions, startServer, stopOrphan, stopServer } from "./server.ts";
import { embeddedSettings, type Settings } from "./settings.ts";

export type EmbeddedOptions = {
  /** The supervisor's own folder: holds data, socket, password, port, log and lock. Made when missing. */
  folder: string;
  /** Port wished for; without it the one of the last start, else any free one. Never 5432. */
  port?: number;
  /** PostgreSQL settings that go before ours (settings.ts). */
  settings?: Settings;
  /** Makes the administrator's password on the first start: at least 32 random characters, none of them a space. */
  secret: () => string;
  log: (code: string, details: Record<string, string | number | boolean>) => void;
  /** Told when the server died and could not be started again: the process has no database any more. */
  onGone?: (error: unknown) => void;
};

export type Embedded = {
  /** Administrator's URL of the database `madang`; by the Unix socket where its path is short enough, else TCP. */
  url: string;
  port: number;
  /** The present server's process number; another one after a restart. */
  readonly pid: number;
  /** Whether a server that a killed process had left was stopped first. */
  replacedOrphan: boolean;
  /** Stops the server within 5 s and frees the folder. `immediate` skips writing out: for throw-away clusters. */
  stop(options?: { immediate?: boolean }): Promise<void>;
};

const startAttempts = 5;
const pauseMs = 200;
const logCheckMs = 60_000;
const databaseName = "madang";
// The kernel's limit for a socket's path, less its closing zero.
const socketPathBytes = process.platform === "darwin" ? 103 : 107;

function connectUrl(paths: Paths, port: number): string {
  const base = `postgres://${superuser}:${encodeURIComponent(readPassword(paths))}@127.0.0.1:${port}/${databaseName}`;
  const fits = Buffer.byteLength(join(paths.socket, `.s.PGSQL.${port}`)) <= socketPathBytes;
  return fits ? `${base}?host=${encodeURIComponent(paths.socket)}` : base;
}

function rememberedPort(paths: Paths): number | undefined {
  try {
    const port = Number(readFileSync(paths.port, "utf8"));
    return Number.isInteger(port) && port > 1023 && port < 65_536 ? port : undefined;
  } catch {
    // There is none on the first start, and a lost one is only a wish that cannot be met.
    return undefined;
  }
}

/** Makes our database if it is not there yet. */
async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: withDatabase(url, "postgres") });
  await client.connect();
  try {
    const found = await client.query("select 1 from pg_catalog.pg_database where datname = $1", [databaseName]);
    if (found.rowCount === 0) await client.query(`create database ${databaseName}`);
  } finally {
    await client.end();
  }
}

/** Starts the server; a refusal (port taken meanwhile, a killed server's sessions still at work) is tried again. */
async function startPatiently(launch: Launch, paths: Paths, settings: Settings, choosePort: () => Promise<number>) {
  for (let attempt = 1; ; attempt += 1) {
    const port = await choosePort();
    try {
      return { ...(await startServer(launch, paths, { port, settings })), port };
    } catch (error) {
      if (!(error instanceof DatabaseNotStarted) || attempt === startAttempts) throw error;
      if (error.hasLeftSessions) endLeftSessions(paths);
      await wait(pauseMs);
    }
  }
}

/** The administrator's URL of the server that another process of ours runs on `folder`. */
export function urlOfRunning(folder: string): string {
  const paths = pathsIn(realpathSync(folder));
  const port = rememberedPort(paths);
  if (port === undefined) throw new DatabaseNotStarted(`no server has run on ${folder}`);
  return connectUrl(paths, port);
}

/**
 * Starts the embedded PostgreSQL on `folder`, making the cluster on the first start.
 * Throws DataFolderInUse when another process of ours works on the folder, DatabaseNotStarted when it does not come up.
 * A server that dies is started again on the same port; pools reconnect by themselves.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  mkdirSync(options.folder, { recursive: true });
  const paths = pathsIn(realpathSync(options.folder));
  const unlock = await lockFolder(paths.folder);
  try {
    return await startLocked(options, paths, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

async function startLocked(options: EmbeddedOptions, paths: Paths, unlock: () => void): Promise<Embedded> {
  const settings = { ...embeddedSettings, ...options.settings };
  const launch = chooseLaunch(paths.folder, paths.data);
  const replacedOrphan = await stopOrphan(paths);
  prepareFolder(launch, paths);
  const isNew = ensureCluster(launch, paths, { secret: options.secret, durable: settings.fsync !== "off" });
  let running = await startPatiently(launch, paths, settings, () => freePort(options.port ?? rememberedPort(paths)));
  const { port } = running;
  writeOwn(paths.port, `${port}\n`);
  const url = connectUrl(paths, port);
  await ensureDatabase(url);
  const user = launch.user === undefined ? "same" : `${launch.user.uid}`;
  options.log("database.started", { folder: paths.folder, port, pid: running.pid, isNew, replacedOrphan, user });

  let isStopping = false;
  const revive = async (): Promise<void> => {
    if (isStopping) return;
    options.log("database.died", { pid: running.pid });
    try {
      running = await startPatiently(launch, paths, settings, async () => port);
      if (isStopping) return await stopServer(running.pid, { immediate: true });
      running.child.once("exit", revive);
      options.log("database.revived", { pid: running.pid });
    } catch (error) {
      options.log("database.gone", { pid: running.pid });
      options.onGone?.(error);
    }
  };
  running.child.once("exit", revive);
  const logCheck = setInterval(() => boundLog(paths), logCheckMs).unref();
  return {
    url,
    port,
    get pid() {
      return running.pid;
    },
    replacedOrphan,
    async stop({ immediate = false } = {}) {
      if (isStopping) return;
      isStopping = true;
      clearInterval(logCheck);
      await stopServer(running.pid, { immediate });
      unlock();
    },
  };
}
