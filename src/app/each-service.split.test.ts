import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { stopTestBrokers } from "#platform/testing/bus.ts";
import { DEMO_PEOPLE } from "./demo/people.ts";
import { allServices } from "./services.ts";
import { runProgram } from "./testing/program.ts";
import { type Part, type SplitHouse, startSplit, whileFrozen, whileSlow } from "./testing/split.ts";
import { commandTopics } from "./testing/topics.ts";
import { ask, logIn } from "./testing/visitor.ts";
import { type Act, assertAsBefore, type Seen, type Visitors, visit } from "./testing/visitors.ts";

// U1, U2, O7: nine services in nine processes over Kafka. Each in turn is gone, frozen and slow while people look,
// list, order and log in.
const TIMEOUT_MS = 2_000;
/** What a busy machine adds to a bound. */
const SLACK_MS = 1_500;
const ACTS: readonly Act[] = ["look", "list", "order", "log-in"];
const WITHIN_MS = TIMEOUT_MS + 4 * SLACK_MS;
/** Ten processes share the machine with the visitors. */
const PAUSE_MS = 80;
const HEALS_WITHIN_MS = 8_000;
const PROBLEMS = [503, 504];

/** What of a visitor's doings needs the service, and an address that asks it alone. */
const OF: Readonly<
  Record<string, { readonly needs: readonly Act[]; readonly path: string; readonly by?: "operator" }>
> = {
  identity: { needs: ["log-in"], path: "/me" },
  store: { needs: [], path: "/stores?limit=1" },
  catalog: { needs: ["look"], path: "/items?limit=1" },
  stock: { needs: ["order"], path: "/stock?skuIds=itm_00000000000000000000000000" },
  cart: { needs: [], path: "/cart" },
  order: { needs: ["list", "order"], path: "/orders?limit=1" },
  payment: { needs: [], path: "/payments?limit=1" },
  wallet: { needs: [], path: "/ledger/accounts", by: "operator" },
  chat: { needs: [], path: "/chat/rooms" },
};

let house: SplitHouse;
let visitors: Visitors;
let url: string;
let tokens: Record<"buyer" | "operator", string>;
/** What undisturbed visitors see, on the machine as it is now. */
let calm: readonly Seen[];

before(async () => {
  const kafka = { ...(await commandTopics(`each-${process.pid}.`)), KAFKA_SESSION_MS: "6000" };
  house = await startSplit({
    groups: allServices.map(({ name }) => ({ services: [name], processes: 1 })),
    env: { ...kafka, REQUEST_TIMEOUT_MS: `${TIMEOUT_MS}` },
  });
  url = house.edges[0]?.url ?? "";
  const { buyer, operator } = DEMO_PEOPLE;
  tokens = { buyer: await logIn(url, buyer.email), operator: await logIn(url, operator.email) };
  visitors = await visit([url], ACTS, PAUSE_MS);
  await pause(1_500);
  visitors.take();
  calm = await visitors.takeEnough(ACTS, 4 * WITHIN_MS);
});
after(async () => {
  await visitors?.stop();
  await house?.stop();
  await stopTestBrokers();
});

/** Asks the service alone. It is answered, or told in time that it cannot be. */
async function told(service: string, statuses: readonly number[], withinMs: number): Promise<void> {
  const { path = "", by = "buyer" } = OF[service] ?? {};
  const { status, body, tookMs } = await ask<{ code?: string }>(url, "GET", path, { token: tokens[by] });
  assert.ok(statuses.includes(status), `${path}: ${status} ${JSON.stringify(body)}`);
  assert.ok(status === 200 || /^server\./.test(body.code ?? ""), `${path}: ${JSON.stringify(body)}`);
  assert.ok(tookMs < withinMs, `${path}: ${tookMs} ms`);
}

/** Whoever does not need it goes on as before; whoever does is told so in time. */
async function othersGoOn(service: string): Promise<void> {
  const { needs = [] } = OF[service] ?? {};
  const others = ACTS.filter((act) => !needs.includes(act));
  const seen = await visitors.takeEnough(others, WITHIN_MS);
  for (const { act, status, ms, text } of seen) {
    const isNeeded = needs.includes(act);
    const isRight = status === 200 || status === 201 || (isNeeded && [409, ...PROBLEMS].includes(status));
    assert.ok(isRight, `${act}: ${status} ${text}`);
    if (isNeeded) assert.ok(ms < TIMEOUT_MS + SLACK_MS, `${act}: ${ms} ms`);
  }
  assertAsBefore(others, seen, calm);
}

async function healed(service: string): Promise<void> {
  const { path = "", by = "buyer" } = OF[service] ?? {};
  const began = performance.now();
  for (;;) {
    const { status } = await ask(url, "GET", path, { token: tokens[by] });
    if (status === 200) break;
    assert.ok(performance.now() - began < HEALS_WITHIN_MS, `${path} has not healed: ${status}`);
    await pause(100);
  }
  // An order that was in flight when it was harmed is over, too.
  await pause(300);
}

for (const { name } of allServices) {
  test(`${name} is gone, frozen and slow, one after the other`, async () => {
    const [part] = house.of(name) as [Part];
    await healed(name);
    visitors.take();
    await part.kill();
    for (let at = 0; at < 3; at++) await told(name, PROBLEMS, 1_000);
    await othersGoOn(name);
    await part.start();
    await healed(name);

    visitors.take();
    await whileFrozen([part], async () => {
      await told(name, PROBLEMS, TIMEOUT_MS + SLACK_MS);
      await othersGoOn(name);
    });
    await healed(name);

    visitors.take();
    await whileSlow(part, 200, async () => {
      for (let at = 0; at < 3; at++) await told(name, [200, ...PROBLEMS], TIMEOUT_MS + SLACK_MS);
      await othersGoOn(name);
    });
    await healed(name);
  });
}

test("afterwards every invariant holds", async () => {
  await visitors.stop();
  const { code, output } = await runProgram({ args: ["verify"], env: house.env });
  assert.equal(code, 0, output);
});
