import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { dataPath, giveTo, type Launch, runToEnd } from "./launch.ts";

/** The administrator of the embedded server. */
export const superuser = "madang";

/**
 * Where things are inside the folder that the supervisor is given. Started by root, only data and socket belong to the
 * user that the server runs as: what root itself reads and writes, that user cannot replace by a link.
 */
export function pathsIn(folder: string) {
  return {
    folder,
    data: join(folder, "data"),
    socket: join(folder, "socket"),
    password: join(folder, "password"),
    port: join(folder, "port"),
    log: join(folder, "postgres.log"),
    pid: join(folder, "data", "postmaster.pid"),
  };
}
export type Paths = ReturnType<typeof pathsIn>;

/** Writes a small file whole or not at all, readable by us only. */
export function writeOwn(path: string, text: string): void {
  const unfinished = `${path}.new`;
  writeFileSync(unfinished, text, { mode: 0o600, flush: true });
  renameSync(unfinished, path);
}

/** Opens the folder as far as the server needs: it passes through it from data to socket, and sees nothing else. */
export function prepareFolder(launch: Launch, paths: Paths): void {
  chmodSync(paths.folder, launch.user === undefined ? 0o700 : 0o711);
  // No server runs now, so a socket in there is a leftover.
  rmSync(paths.socket, { recursive: true, force: true });
  mkdirSync(paths.socket, { mode: 0o700 });
  giveTo(launch, paths.socket);
}

// Text sorts by code point and letters follow Unicode, the same on every machine and in every version: no collation of
// an operating system can change under an index. Hangul syllables are in dictionary order that way.
const localeArguments = [
  "--encoding=UTF8",
  "--locale-provider=builtin",
  "--builtin-locale=C.UTF-8",
  "--locale=C",
  `--lc-ctype=${process.platform === "darwin" ? "en_US.UTF-8" : "C.UTF-8"}`,
];

const workshopPrefix = "initdb.";

/** Removes what killed starts have left; the initdb of the last one may still be writing there, hence the retries. */
function removeHalfMade(paths: Paths): void {
  for (const name of readdirSync(paths.folder)) {
    if (!name.startsWith(workshopPrefix)) continue;
    rmSync(join(paths.folder, name), { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
  }
}

/**
 * Makes the cluster on the first start; does nothing when it is there. It is made under another name and renamed when
 * whole, so a start that is killed half-way leaves nothing that looks like a cluster. Returns whether it was made.
 */
export function ensureCluster(
  launch: Launch,
  paths: Paths,
  options: { secret: () => string; durable: boolean },
): boolean {
  if (existsSync(paths.data)) return false;
  removeHalfMade(paths);
  if (!existsSync(paths.password)) writeOwn(paths.password, options.secret());
  const workshop = mkdtempSync(join(paths.folder, workshopPrefix));
  const unfinished = join(workshop, "data");
  const passwordFile = join(workshop, "password");
  mkdirSync(unfinished, { mode: 0o700 });
  writeFileSync(passwordFile, readPassword(paths), { mode: 0o600 });
  for (const path of [workshop, unfinished, passwordFile]) giveTo(launch, path);
  const { ok, output } = runToEnd(
    launch,
    "initdb",
    [
      `--pgdata=${dataPath(unfinished)}`,
      `--username=${superuser}`,
      "--auth=scram-sha-256",
      `--pwfile=${dataPath(unfinished)}/../password`,
      "--set=scram_iterations=1",
      ...localeArguments,
      ...(options.durable ? [] : ["--no-sync"]),
    ],
    unfinished,
  );
  if (ok) renameSync(unfinished, paths.data);
  rmSync(workshop, { recursive: true, force: true });
  if (!ok) throw new Error(`initdb failed: ${output.trim()}`);
  return true;
}

export function readPassword(paths: Paths): string {
  return readFileSync(paths.password, "utf8").trim();
}
