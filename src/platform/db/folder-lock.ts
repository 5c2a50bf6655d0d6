import { chmodSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";

/** Another process of ours works on this data folder. */
export class DataFolderInUse extends Error {
  override name = "DataFolderInUse";
  readonly folder: string;
  constructor(folder: string) {
    super(`데이터 폴더를 다른 프로세스가 사용하고 있습니다 / the data folder is in use by another process: ${folder}`);
    this.folder = folder;
  }
}

const attempts = 10;
const pauseMs = 50;
const sqliteBusy = 5;

/** Like lockFolder, but returns undefined at once when somebody else holds the lock. */
export function lockFolderNow(folder: string): (() => void) | undefined {
  const file = join(folder, "lock");
  const lock = new DatabaseSync(file);
  try {
    lock.exec("pragma journal_mode = memory; begin exclusive");
    chmodSync(file, 0o600);
    return () => lock.close();
  } catch (error) {
    lock.close();
    if (error instanceof Error && "errcode" in error && error.errcode === sqliteBusy) return undefined;
    throw error;
  }
}

/**
 * Locks a data folder for this process; returns the function that unlocks it. Throws DataFolderInUse.
 *
 * Why SQLite: Node offers no flock, and an exclusive SQLite transaction is one (a POSIX record lock on `folder/lock`).
 * The kernel drops it when the process ends, kill -9 included; it has no stale state to clean up, hence no race between
 * two who clean up; it is held before the first initdb; and no child inherits it. An advisory lock of PostgreSQL would
 * come too late (two starts could meet in initdb, or stop each other's server), and a listening socket leaves a file.
 */
export async function lockFolder(folder: string): Promise<() => void> {
  // A process that was just killed may still be on its way out, so a refusal is not believed at once.
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const unlock = lockFolderNow(folder);
    if (unlock !== undefined) return unlock;
    await wait(pauseMs);
  }
  throw new DataFolderInUse(folder);
}
