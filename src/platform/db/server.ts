import { spawnSync } from "node:child_process";
import {
  closeSync,
  constants,
  copyFileSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  truncateSync,
} from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import type { Paths } from "./cluster.ts";
import { dataPath, type Launch, startDetached } from "./launch.ts";
import { type Settings, settingArguments } from "./settings.ts";

const pollMs = 5;
// Recovery after a crash reads at most max_wal_size; a minute is far more than that takes.
const readyWithinMs = 60_000;
const logLimitBytes = 16 * 1024 * 1024;
const logTailBytes = 4_000;

/** The server's own sign of life: its number and whether it takes connections; undefined when there is none. */
function readPidFile(paths: Paths): { pid: number; isReady: boolean } | undefined {
  let lines: string[];
  try {
    lines = readFileSync(paths.pid, "utf8").split("\n");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 1) return undefined;
  return { pid, isReady: lines[7]?.startsWith("ready") === true };
}

/** A process that has ended but that nobody has asked about yet still has its number: in containers, for long. */
function isZombie(pid: number): boolean {
  return process.platform === "linux" && /\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** A custom setting that does nothing but show in the process list which folder a server belongs to. */
function folderMark(paths: Paths): string {
  return `madang.folder=${paths.folder}`;
}

function commandOf(pid: number): string {
  if (process.platform !== "linux") return spawnSync("/bin/ps", ["-o", "command=", "-p", `${pid}`]).stdout.toString();
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    // The process has just ended, which is what an empty command says too.
    return "";
  }
}

/**
 * Stops what a killed process of ours has left running on this folder, and removes the mark of a server that is gone.
 * The folder's lock must be held. Replacing is chosen over adopting: it costs a fraction of a second, and it is right
 * also when settings or the version have changed. PostgreSQL itself refuses to start while any process of a dead server
 * still uses its memory, so a wrong guess here cannot lead to two servers on one folder.
 * Returns whether a server was stopped.
 */
export async function stopOrphan(paths: Paths): Promise<boolean> {
  const left = readPidFile(paths);
  if (left === undefined) return false;
  const command = isAlive(left.pid) ? commandOf(left.pid) : "";
  if (`${command} `.includes(`${folderMark(paths)} `)) {
    await stopServer(left.pid, { immediate: false });
    return true;
  }
  // A number given anew to an unrelated process would make PostgreSQL believe that the old server lives.
  if (!command.includes("postgres") || command.includes("madang.folder=")) rmSync(paths.pid, { force: true });
  return false;
}

/**
 * Ends the sessions that a killed server has left at work. One that waits for its client has noticed by itself; one in
 * the middle of a statement goes on to its end, and for so long no server can start on the folder. Call it only when
 * the server is known to be gone. On macOS, which does not tell a process's folder, nothing is ended.
 */
export function endLeftSessions(paths: Paths): void {
  if (process.platform !== "linux") return;
  const data = realpathSync(paths.data);
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (readlinkSync(`/proc/${name}/cwd`) !== data || !commandOf(Number(name)).startsWith("postgres: ")) continue;
      process.kill(Number(name), "SIGKILL");
    } catch {
      // It has ended meanwhile, or is somebody else's and so not ours.
    }
  }
}

async function endsWithin(pid: number, limitMs: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < limitMs; waitedMs += pollMs) {
    if (!isAlive(pid)) return true;
    await wait(pollMs);
  }
  return !isAlive(pid);
}

/**
 * Stops a server within 5 s: first asks for a fast shutdown (sessions end, everything is written); after 3.5 s for an
 * immediate one, which the next start repairs from the log like a crash; then it kills. No commit is lost either way.
 */
export async function stopServer(pid: number, { immediate }: { immediate: boolean }): Promise<void> {
  const steps: [NodeJS.Signals, number][] = [
    ...(immediate ? [] : [["SIGINT", 3_500] as [NodeJS.Signals, number]]),
    ["SIGQUIT", 1_000],
    ["SIGKILL", 500],
  ];
  for (const [signal, limitMs] of steps) {
    if (!isAlive(pid)) return;
    process.kill(pid, signal);
    if (await endsWithin(pid, limitMs)) return;
  }
  throw new Error(`PostgreSQL ${pid} does not end`);
}

/** Bounds the log: above 16 MB it is copied to `.1` and emptied, which its writer, appending, does not notice. */
export function boundLog(paths: Paths): void {
  if ((statSync(paths.log, { throwIfNoEntry: false })?.size ?? 0) <= logLimitBytes) return;
  copyFileSync(paths.log, `${paths.log}.1`);
  truncateSync(paths.log);
}

/** The server did not come up; the message ends with the last lines of its log. */
export class DatabaseNotStarted extends Error {
  override name = "DatabaseNotStarted";
  /** Whether sessions of a server that was killed still use its memory. */
  get hasLeftSessions(): boolean {
    return this.message.includes("pre-existing shared memory block");
  }
}

/** Starts the server once and waits until it takes connections. Throws DatabaseNotStarted. */
export async function startServer(launch: Launch, paths: Paths, options: { port: number; settings: Settings }) {
  boundLog(paths);
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;
  const log = openSync(paths.log, flags, 0o600);
  const settings: Settings = {
    ...options.settings,
    port: `${options.port}`,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "../socket",
  };
  const args = ["-D", dataPath(paths.data), ...settingArguments(settings), "-c", folderMark(paths)];
  const logStart = statSync(paths.log).size;
  const child = startDetached(launch, args, paths.data, log);
  closeSync(log);
  let failure: string | undefined;
  child.once("error", (error) => {
    failure = error.message;
  });
  child.once("exit", (code, signal) => {
    failure = `ended with ${code ?? signal}`;
  });
  for (let waitedMs = 0; waitedMs < readyWithinMs && failure === undefined; waitedMs += pollMs) {
    const found = readPidFile(paths);
    if (found?.isReady === true && found.pid === child.pid) return { child, pid: found.pid };
    await wait(pollMs);
  }
  if (child.pid !== undefined && failure === undefined) await stopServer(child.pid, { immediate: true });
  const said = readFileSync(paths.log, "utf8").slice(Math.max(logStart, 0)).slice(-logTailBytes).trim();
  throw new DatabaseNotStarted(`PostgreSQL did not start: ${failure ?? "not ready in time"}\n${said}`);
}
