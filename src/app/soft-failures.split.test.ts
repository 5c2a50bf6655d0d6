import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { everythingBut, type Part, type SplitHouse, startSplit, whileFrozen, whileSlow } from "./testing/split.ts";
import { type Act, assertAsBefore, type Seen, type Visitors, visit } from "./testing/visitors.ts";

// U1, U2, O7: a service is gone, frozen or slow while people look, list and order. Stores are asked of a
// process of their own; without a bus the others hear that service by running it, too.
const ACTS: readonly Act[] = ["look", "list", "order"];
const WITHIN_MS = 10_000;

let house: SplitHouse;
let visitors: Visitors;
let url: string;
/** What undisturbed visitors see, on the machine as it is now. */
let calm: readonly Seen[];

before(async () => {
  house = await startSplit({
    groups: [
      { services: ["identity"], processes: 1 },
      { services: ["store"], processes: 1 },
      { ...everythingBut("identity", "store"), processes: 1 },
    ],
    env: { REQUEST_TIMEOUT_MS: "3000" },
  });
  url = house.edges[0]?.url ?? "";
  visitors = await visit([url], ACTS);
  await pause(1_000);
  visitors.take();
  calm = await visitors.takeEnough(ACTS, WITHIN_MS);
});
after(async () => {
  await visitors?.stop();
  await house?.stop();
});

async function get(path: string) {
  const began = performance.now();
  const answer = await fetch(url + path);
  await answer.arrayBuffer();
  return { status: answer.status, retryAfter: answer.headers.get("retry-after"), ms: performance.now() - began };
}

/** Nobody who does not need what is down is refused, or waits much longer than before. */
async function undisturbed(): Promise<void> {
  const seen = await visitors.takeEnough(ACTS, WITHIN_MS);
  assert.deepEqual(
    seen.filter(({ status }) => status !== 200 && status !== 201),
    [],
  );
  assertAsBefore(ACTS, seen, calm);
}

async function healed(path: string, status: number): Promise<void> {
  for (let tries = 0; (await get(path)).status !== status; tries++) {
    assert.ok(tries < 50, `${path} has not healed`);
    await pause(100);
  }
}

async function told(path: string, statuses: readonly number[], withinMs: number): Promise<void> {
  const { status, retryAfter, ms } = await get(path);
  assert.ok(statuses.includes(status), `${path}: ${status}`);
  assert.equal(retryAfter, "1");
  assert.ok(ms < withinMs, `${path}: ${ms} ms`);
}

const partOf = (service: string): Part => house.of(service)[0] as Part;

test("a service that is gone is told at once, and is used again when it is back", async () => {
  visitors.take();
  await partOf("store").kill();
  for (let at = 0; at < 5; at++) await told("/stores?limit=1", [503], 1_000);
  await pause(1_000);
  await undisturbed();
  await partOf("store").start();
  await healed("/stores?limit=1", 200);
});

test("a service that is frozen keeps its first callers until their deadline and later ones not at all", async () => {
  visitors.take();
  await whileFrozen([partOf("store")], async () => {
    await told("/stores?limit=1", [503, 504], 3_500);
    await pause(1_000);
    await told("/stores?limit=2", [503], 1_000);
    await undisturbed();
  });
  await healed("/stores?limit=1", 200);
});

test("a service that is slow takes only its own callers' time", async () => {
  visitors.take();
  const answers: Awaited<ReturnType<typeof get>>[] = [];
  await whileSlow(partOf("store"), 400, async () => {
    for (let turn = 1; turn <= 5; turn++) {
      answers.push(...(await Promise.all([1, 2, 3, 4].map((at) => get(`/stores?limit=${4 * turn + at}`)))));
    }
    await undisturbed();
  });
  for (const { status, ms } of answers) {
    assert.ok([200, 503, 504].includes(status), `${status}`);
    assert.ok(ms < 3_500, `${ms} ms`);
  }
  await healed("/stores?limit=1", 200);
});
