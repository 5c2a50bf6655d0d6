import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import * as program from "./testing/program.ts";

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "madang-refused-"));
});
after(() => {
  program.killAllOf(folder);
  rmSync(folder, { recursive: true, force: true });
});

/** Runs to the end and looks that a person can read what is said. */
async function ends(options: program.ProgramOptions, expected: number): Promise<string> {
  const { code, output } = await program.runProgram(options);
  assert.equal(code, expected, output);
  assert.doesNotMatch(output, /^\s+at |Warning:/m, "no stack trace and no warning");
  return output;
}

/** Holds the port, unless somebody else on this machine does. */
async function held(port: number): Promise<() => Promise<void>> {
  const { free } = await program.holdPort(port).catch(() => ({ free: async () => {} }));
  return free;
}

test("the chosen port, and 3000 when none is chosen, are asked for by name when they are taken", async () => {
  const dataDir = join(folder, "ports");
  const frees = await Promise.all([held(3000), held(5432)]);
  const other = await program.holdPort(0);
  try {
    const said = await ends({ dataDir, port: other.port }, 1);
    assert.match(said, new RegExp(`포트 ${other.port}.*Port ${other.port} is in use`, "s"));
    assert.deepEqual(await program.leftOf(dataDir, 1_000), [], "nothing is left behind");
    assert.match(await ends({ dataDir }, 1), /Port 3000 is in use\. Choose another one, as with PORT=3001/);
    assert.deepEqual(await program.leftOf(dataDir, 1_000), [], "nothing is left behind");
    const house = await program.startProgram({ dataDir, port: await program.freePort() }).isOpen();
    assert.equal((await house.ctrlC()).code, 0, "with 5432 taken nobody notices");
  } finally {
    await Promise.all([other.free(), ...frees.map((free) => free())]);
  }
});

test("Ctrl-C while the first start is under way ends it without a word, and the next start makes it whole", async () => {
  const dataDir = join(folder, "halfway");
  const halfway = program.startProgram({ dataDir, port: 0 });
  while (!existsSync(join(dataDir, "postgres"))) await pause(5);
  assert.deepEqual({ ...(await halfway.ctrlC()), tookMs: 0 }, { code: 0, tookMs: 0 });
  assert.equal(halfway.output(), "");
  assert.deepEqual(await program.leftOf(dataDir, 500), []);
  const house = await program.startProgram({ dataDir, port: 0 }).isOpen();
  assert.match(house.output(), /demo data loaded/);
  const [url = ""] = /http:\/\/127\.0\.0\.1:[1-9]\d*(?=\/docs)/.exec(house.output()) ?? [];
  assert.equal((await program.storeIds(url)).length, 4, "port 0 is any free one");
  assert.equal((await house.ctrlC()).code, 0);
});

test("what is not known stops the start before anything is made, and the nearest known name is told", async () => {
  const dataDir = join(folder, "never");
  const typos: (Partial<program.ProgramOptions> & { nearest: string })[] = [
    { env: { ORDER_PAY_WITHN_SECONDS: "60" }, nearest: "ORDER_PAY_WITHIN_SECONDS" },
    { env: { ORDR_PAY_WITHIN_SECONDS: "60" }, nearest: "ORDER_PAY_WITHIN_SECONDS" },
    { args: ["serve", "--prot=3001"], nearest: "--port" },
    { args: ["serve", "--services=ordr"], nearest: "order" },
  ];
  const all = typos.map(async ({ nearest, ...options }) => {
    assert.ok((await ends({ dataDir, ...options }, 1)).includes(`the nearest is ${nearest}.`), nearest);
  });
  await Promise.all(all);
  assert.equal(existsSync(dataDir), false);
});

test("a service whose partners are nowhere says which addresses it needs", async () => {
  const dataDir = join(folder, "parts");
  const port = await program.freePort();
  const partners = await ends({ dataDir, port, args: ["serve", "--services=identity,order,payment"] }, 1);
  assert.match(partners, /SERVICE_URL_STOCK.*SERVICE_SECRET/);
  assert.match(await ends({ dataDir, port, args: ["serve", "--services=store"] }, 1), /identity/);
  const part = await program.startProgram({ dataDir, port, args: ["serve", "--services=identity,store"] }).isOpen();
  assert.equal((await fetch(`${part.url}/stores`)).status, 200);
  assert.equal((await fetch(`${part.url}/cart`)).status, 404, "a service that is not here has no door here");
  assert.equal((await part.ctrlC()).code, 0);
});

test("a place that cannot be used, a database and a server that are not there are told in words", async () => {
  const file = join(folder, "file");
  writeFileSync(file, "");
  assert.match(await ends({ dataDir: file }, 1), /DATA_DIR/);
  const nowhere = { DATABASE_URL: "postgres://somebody:secret@127.0.0.1:1/x", DEMO: "true" };
  const unreachable = await ends({ dataDir: join(folder, "outside"), env: nowhere }, 1);
  assert.match(unreachable, /database cannot be reached/);
  assert.doesNotMatch(unreachable, /secret/);
  assert.match(await ends({ args: ["order"], port: await program.freePort() }, 1), /npm start first/);
  assert.match(await ends({ args: ["verify"], dataDir: join(folder, "nothing") }, 1), /there is no data/);
});

test("commands that only tell something do so without a database", async () => {
  assert.match(await ends({ args: ["--help"] }, 0), /topology/);
  assert.match(await ends({ args: ["verfy"] }, 2), /no such command/);
  assert.match(await ends({ args: ["topology"] }, 0), /hears {3}order\.placed\.v1|says {4}order\./);
  const config = await ends({ args: ["config"], env: { IDENTITY_KEY_SECRET: "a-secret-of-32-characters-or-more" } }, 0);
  assert.match(config, /^PORT\s+3000\s/m);
  assert.doesNotMatch(config, /a-secret/);
});
