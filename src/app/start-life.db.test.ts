import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { DEMO_PEOPLE } from "./demo/people.ts";
import { orderWithoutEnd } from "./testing/load.ts";
import * as program from "./testing/program.ts";

// One data folder through all that happens to it, in order: each test begins where the one before it ended.
const STOP_WITHIN_MS = 5_000;
let dataDir: string;
let port: number;
let stores: readonly string[];
/** Lives through several tests, until one stops it. */
let house: program.Program;
const start = (options: Partial<program.ProgramOptions> = {}) => program.startProgram({ dataDir, port, ...options });

before(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "madang-life-"));
  port = await program.freePort();
});
after(() => {
  program.killAllOf(dataDir);
  rmSync(dataDir, { recursive: true, force: true });
});

test("the first start loads the demo, and says where everything is and who can log in", async () => {
  house = await start().isOpen();
  const said = house.output();
  assert.match(said, /demo data loaded/);
  for (const page of [`${house.url}/docs`, `${house.url}/mail`]) {
    assert.ok(said.includes(page), page);
    assert.equal((await fetch(page)).status, 200, page);
  }
  assert.equal(said.match(/http:\/\/127\.0\.0\.1:\d+\s*$/gm)?.length, 2, "the two fake gateways have addresses");
  for (const { email } of [DEMO_PEOPLE.buyer, DEMO_PEOPLE.food, DEMO_PEOPLE.operator, DEMO_PEOPLE.admin]) {
    assert.ok(said.includes(email), email);
  }
  for (const line of [/npm run order/, /curl -s /, /npm run verify/]) assert.match(said, line);
  stores = await program.storeIds(house.url);
  assert.equal(stores.length, 4);
  await stopsCleanly(house);
});

test("the second start finds its data and seeds nothing", async () => {
  house = await start().isOpen();
  assert.match(house.output(), /data found/);
  assert.deepEqual(await program.storeIds(house.url), stores);
  await isRefusedBeside(house);
  process.kill(house.pid, "SIGTERM");
  assert.equal(await house.ended, 0);
  assert.deepEqual(program.processesOf(dataDir), []);
});

/** A second start on the folder of a first. */
async function isRefusedBeside(house: program.Program): Promise<void> {
  const { code, output } = await program.runProgram({ dataDir, port: await program.freePort() });
  assert.equal(code, 1);
  assert.match(output, /다른 프로세스.*in use by another process/s);
  assert.doesNotMatch(output, /^\s+at /m, "no stack trace");
  assert.deepEqual(await program.storeIds(house.url), stores, "the first is undisturbed");
}

test("kill -9 of the server alone leaves its database behind, and the next start does not mind", async () => {
  const killed = await start().isOpen();
  process.kill(killed.pid, "SIGKILL");
  await killed.ended;
  house = await start().isOpen();
  assert.deepEqual(await program.storeIds(house.url), stores);
});

test("the database is killed under load, its head and then all of it: the house heals and loses no order", async (t) => {
  const load = await orderWithoutEnd(house.url);
  t.after(() => load.stop());
  for (const isHeadOnly of [true, false]) {
    await pause(300);
    const servers = program.processesOf(dataDir).filter(({ command }) => command.includes("postgres"));
    assert.ok(servers.length > 2, "the database has processes of its own");
    for (const { pid, command } of servers) if (!isHeadOnly || command.includes("madang.folder=")) killIfThere(pid);
    await heals(house.url);
  }
  const { placed, lost, refused } = await load.stop();
  assert.ok(placed.length > 10, JSON.stringify({ placed: placed.length, refused }));
  assert.deepEqual(lost, [], "what was said to be placed is placed");
  assert.deepEqual(
    Object.keys(refused).filter((status) => status !== "503"),
    [],
    JSON.stringify(refused),
  );
  const checked = await program.runProgram({ dataDir, port, args: ["verify"] });
  assert.equal(checked.code, 0, checked.output);
  assert.match(checked.output, /✓ I6\.truth_of_toss/);
});

/** The house is ready again, and stays so for a moment. */
async function heals(url: string): Promise<void> {
  const isReady = () =>
    fetch(`${url}/stores?limit=1&keyword=${Math.floor(performance.now())}`).then(
      ({ status }) => status === 200,
      () => false,
    );
  for (let goodTurns = 0, turns = 0; goodTurns < 5; turns++) {
    assert.ok(turns < 300, "it does not heal");
    goodTurns = (await isReady()) ? goodTurns + 1 : 0;
    await pause(50);
  }
}

test("verify finds what a gateway did and we do not know (I6)", async () => {
  await captureBehindOurBack(tossOf(house));
  const found = await program.runProgram({ dataDir, port, args: ["verify"] });
  assert.equal(found.code, 1, found.output);
  assert.match(found.output, /✗ I6\.truth_of_toss.*\n.*"reference":"stray-1","theirs":5000/);
  assert.match(found.output, /✓ I6\.truth_of_kakaopay/);
});

test("a client that keeps its request open does not keep the house from stopping", async () => {
  const slow = fetch(`${house.url}/sessions`, { method: "POST", body: neverEnding(), duplex: "half" } as RequestInit);
  void slow.catch(() => undefined);
  await pause(200);
  await stopsCleanly(house);
});

test("verify says when it could not look at a gateway's book", async () => {
  const args = ["verify", `--toss-truth-url=${tossOf(house)}`];
  const { code, output } = await program.runProgram({ dataDir, args });
  assert.equal(code, 0, output);
  assert.match(output, /– I6\.truth_of_toss.*NOT COMPARED: http.*does not answer \(ECONNREFUSED\)/);
  assert.match(output, /– I6\.truth_of_kakaopay.*NOT COMPARED: .*no address/);
  assert.match(output, /all hold \(\d+\/\d+; .*not compared: 2\)/);
});

test("a demo that is told another Toss compares nothing with the book of its own", async () => {
  house = await start({ env: { PAYMENT_TOSS_BASE_URL: "http://127.0.0.1:9" } }).isOpen();
  const { code, output } = await program.runProgram({ dataDir, port, args: ["verify"] });
  assert.equal(code, 0, output);
  assert.match(output, /– I6\.truth_of_toss.*NOT COMPARED: .*no address/);
  assert.match(output, /✓ I6\.truth_of_kakaopay/);
  await stopsCleanly(house);
});

const tossOf = ({ output }: program.Program) => /Toss +(http:\S+)/.exec(output())?.[1] ?? "";

/** A payment that is confirmed with our key, and not by us. */
async function captureBehindOurBack(toss: string): Promise<void> {
  const { tossSecretKey } = JSON.parse(readFileSync(join(dataDir, "demo-secrets.json"), "utf8"));
  const post = async (path: string, body: object, headers = {}) => {
    const type = { "content-type": "application/json" };
    const answer = await fetch(toss + path, {
      ...{ method: "POST", headers: { ...type, ...headers } },
      body: JSON.stringify(body),
    });
    assert.equal(answer.status, 200);
    return (await answer.json()) as { paymentKey: string };
  };
  const payment = { orderId: "stray-1", amount: 5_000 };
  const { paymentKey } = await post("/fake/authorize", payment);
  const authorization = `Basic ${btoa(`${tossSecretKey}:`)}`;
  await post("/v1/payments/confirm", { ...payment, paymentKey }, { authorization });
}

function neverEnding(): ReadableStream {
  return new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode("{")) });
}

async function stopsCleanly(house: program.Program): Promise<void> {
  const { code, tookMs } = await house.ctrlC();
  assert.equal(code, 0, house.output());
  assert.ok(tookMs < STOP_WITHIN_MS, `it took ${tookMs} ms`);
  assert.deepEqual(await program.leftOf(dataDir, 500), [], "no process is left");
  await (await program.holdPort(port)).free();
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // The death of its head has ended it already.
  }
}
