import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from "node:child_process";
import { chownSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { completeInPlace, packageFolder, runtimeCopy } from "./binaries.ts";

/** How the programs of PostgreSQL are started here: from which folder, and as whom. */
export type Launch = {
  /** The folder that holds bin, lib and share. */
  native: string;
  /** Words before the program, for the fallback that leaves root by a user namespace. */
  prefix: string[];
  /** The user and group to change to; undefined keeps the present ones. */
  user: { uid: number; gid: number } | undefined;
};

/**
 * How the server is told where its data is: it is started in the data folder and finds it by this name. So the folders
 * above need not be open to the user that it runs as: a checkout in /root with mode 700 works, with nothing copied.
 * macOS has no such name: there every folder above must be open to `nobody` when the start is by root.
 */
export function dataPath(folder: string): string {
  return process.platform === "linux" ? "/proc/self/cwd" : folder;
}

// Nothing of our environment reaches the server: no PG* variable, no secret, no locale.
const environment = { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };

function commandLine(launch: Launch, program: string, args: string[]): [string, string[], SpawnOptions] {
  const words = [...launch.prefix, join(launch.native, "bin", program), ...args];
  return [words[0] as string, words.slice(1), { env: environment, ...launch.user }];
}

/** Runs a program of PostgreSQL to its end in `folder`. Returns whether it succeeded and what it printed. */
export function runToEnd(launch: Launch, program: string, args: string[], folder: string) {
  const [command, words, options] = commandLine(launch, program, args);
  const result = spawnSync(command, words, { ...options, cwd: folder, encoding: "utf8", timeout: 120_000 });
  return { ok: result.status === 0, output: `${result.error?.message ?? ""}${result.stdout}${result.stderr}` };
}

/**
 * Starts the server in `folder` in a session of its own, its output going to the open file `log`: Ctrl-C in our
 * terminal must not reach it before we have stopped working.
 */
export function startDetached(launch: Launch, args: string[], folder: string, log: number): ChildProcess {
  const [command, words, options] = commandLine(launch, "postgres", args);
  const child = spawn(command, words, { ...options, cwd: folder, detached: true, stdio: ["ignore", log, log] });
  child.unref();
  return child;
}

/** Gives a file or folder to the user that the server runs as. */
export function giveTo(launch: Launch, path: string): void {
  if (launch.user !== undefined) chownSync(path, launch.user.uid, launch.user.gid);
}

/** initdb asks for a user with a name, so `nobody` is looked up rather than a number invented. */
function nobody(): { uid: number; gid: number } | undefined {
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((entry) => entry.startsWith("nobody:"));
  const [, , uid, gid] = line?.split(":") ?? [];
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

/** Programs that somebody installed on this machine: /usr/lib/postgresql/15 has them in Debian. */
export function launchInstalled(native: string): Launch {
  return { native, prefix: [], user: process.getuid?.() === 0 ? nobody() : undefined };
}

/** Data that already belongs to somebody keeps its owner: the same folder works with and without sudo. */
function ownerOf(data: string): { uid: number; gid: number } | undefined {
  const found = statSync(data, { throwIfNoEntry: false });
  return found === undefined || found.uid === 0 ? undefined : { uid: found.uid, gid: found.gid };
}

/** The ways to start PostgreSQL on this machine, best first, each prepared only when it is its turn. */
function* waysToLaunch(folder: string, data: string): Generator<Launch> {
  const installed = packageFolder();
  const native = join(installed, "native");
  const isComplete = completeInPlace(installed);
  if (process.getuid?.() !== 0) {
    if (isComplete) yield { native, prefix: [], user: undefined };
    yield { native: join(runtimeCopy(installed, [join(folder, "runtime")]), "native"), prefix: [], user: undefined };
    return;
  }
  const user = ownerOf(data) ?? nobody();
  if (user !== undefined) {
    if (isComplete) yield { native, prefix: [], user };
    const copy = runtimeCopy(installed, ["/var/cache/madang", "/var/tmp", "/tmp"]);
    yield { native: join(copy, "native"), prefix: [], user };
  }
  // Where root may not change its user, a user namespace makes it "nobody" to PostgreSQL, while the kernel still sees
  // the owner of the files.
  yield { native, prefix: ["/usr/bin/unshare", "--user", "--"], user: undefined };
}

/**
 * Finds a way to start PostgreSQL, which refuses to run as root, by asking each for its version: that shows at once
 * whether the user may be changed, the program read and its libraries found. `data` need not exist yet.
 */
export function chooseLaunch(folder: string, data: string): Launch {
  const refusals: string[] = [];
  for (const launch of waysToLaunch(folder, data)) {
    const { ok, output } = runToEnd(launch, "postgres", ["--version"], "/");
    if (ok) return launch;
    refusals.push(`${JSON.stringify(launch)}: ${output.trim()}`);
  }
  throw new Error(`PostgreSQL cannot be started here: ${refusals.join("; ")}`);
}
