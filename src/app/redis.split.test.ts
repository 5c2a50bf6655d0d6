import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { makeIds } from "#platform/core/ids.ts";
import { harmWithoutEnd } from "#platform/testing/harm.ts";
import { startTestRedis, type TestRedis } from "#platform/testing/redis.ts";
import { machineNow } from "./clock.ts";
import { DEMO_PEOPLE } from "./demo/people.ts";
import { allServices } from "./services.ts";
import { runProgram } from "./testing/program.ts";
import { type SplitHouse, startSplit } from "./testing/split.ts";
import { ask, logIn, signUpBuyer, type Told } from "./testing/visitor.ts";

// Two processes of all services and two edges, one database, one Redis: what they share by it, and that it is never
// needed (F2, O6, C13).
const ids = makeIds(machineNow, { bytes: randomBytes });
let server: TestRedis;
let house: SplitHouse;
let edges: readonly string[];
let here: string;
let there: string;
before(async () => {
  server = await startTestRedis();
  house = await startSplit({
    groups: [{ services: allServices.map(({ name }) => name), processes: 2 }],
    edges: 2,
    env: {
      REDIS_URL: server.url,
      TRUSTED_PROXIES: "127.0.0.1",
      RATE_LIMIT_PER_MINUTE: "60",
      ACCOUNT_RATE_LIMIT_PER_MINUTE: "1000000",
    },
  });
  edges = house.edges.map(({ url }) => url);
  [here = "", there = ""] = house.of("cart").map(({ url }) => url);
});
after(async () => {
  await house?.stop();
  await server.stop();
});

interface Health {
  readonly status: string;
  readonly without?: Readonly<Record<string, string>>;
}

/** Waits until all processes ask Redis, or all do without. */
async function untilRedisIs(state: "there" | "away"): Promise<void> {
  for (const url of [here, there, ...edges]) {
    for (let waitedMs = 0; ; waitedMs += 20) {
      const { status, body } = await ask<Health>(url, "GET", "/health/ready");
      assert.deepEqual([status, body.status], [200, "ready"]);
      if ((body.without?.redis === undefined) === (state === "there")) break;
      assert.ok(waitedMs < 10_000, `Redis was never ${state}`);
      await pause(20);
    }
  }
}

/** How many of so many requests from one address, to each of these doors by turns, were let through. */
async function letThrough(doors: readonly string[], from: string, times: number): Promise<number> {
  let count = 0;
  for (let at = 0; at < times; at++) {
    const { status } = await ask(doors[at % doors.length] ?? "", "GET", "/stores?limit=1", { from });
    assert.ok(status === 200 || status === 429, `${status}`);
    if (status === 200) count += 1;
  }
  return count;
}

test("a Redis that dies is shown, and leaves the house ready", async () => {
  await untilRedisIs("there");
  await server.kill();
  await untilRedisIs("away");
  const metrics = await (await fetch(`${there}/metrics`)).text();
  assert.match(metrics, /^madang_redis_up 0$/m);
  await server.start();
  await untilRedisIs("there");
});

test("a minute's worth of one address is one for both doors, and one for each without Redis", async () => {
  for (const [kind, doors] of Object.entries({ houses: [here, there], edges })) {
    await untilRedisIs("there");
    let began = performance.now();
    const shared = await letThrough(doors, `203.0.113.${kind.length}`, 130);
    assert.ok(shared >= 60 && shared <= 61 + (performance.now() - began) / 1_000, `${shared} by ${kind}`);
    await server.kill();
    await untilRedisIs("away");
    began = performance.now();
    const apart = await letThrough(doors, `198.51.100.${kind.length}`, 180);
    assert.ok(apart >= 120 && apart <= 122 + (2 * (performance.now() - began)) / 1_000, `${apart} by ${kind}`);
    await server.start();
  }
});

test("a change is read in the other process within a second, with Redis, without, and while it is frozen", async () => {
  const token = await logIn(here, DEMO_PEOPLE.tea.email);
  const { body } = await ask<{ stores: { storeId: string }[] }>(here, "GET", "/my/stores", { token });
  const path = `/stores/${body.stores[0]?.storeId}`;
  let open = true;
  const harms = { none: async () => {}, frozen: async () => server.freeze(), killed: () => server.kill() };
  for (const [name, harm] of Object.entries(harms)) {
    await untilRedisIs("there");
    await harm();
    for (let time = 0; time < 5; time++) {
      open = !open;
      await ask(there, "GET", path);
      const switched: Told<unknown> = await ask(here, "PUT", `${path}/open-switch`, { token, body: { open } });
      assert.equal(switched.status, 200, JSON.stringify(switched.body));
      const began = performance.now();
      while ((await ask<{ openNow: boolean }>(there, "GET", path)).body.openNow !== open) await pause(2);
      const ms = performance.now() - began;
      assert.ok(ms < 1_000, `${ms} ms, ${name}`);
    }
    server.thaw();
    if (name === "killed") await server.start();
  }
});

interface CartShown {
  readonly baskets: readonly { readonly stores: readonly { readonly lines: readonly { quantity: number }[] }[] }[];
}

const quantities = ({ baskets }: CartShown) =>
  baskets.flatMap(({ stores }) => stores.flatMap(({ lines }) => lines.map(({ quantity }) => quantity)));

test("while Redis is flushed, paused, frozen and killed, buyers fill carts and order as if nothing were", async (t) => {
  await untilRedisIs("there");
  const item = await findItem();
  // Each edge sends to one house and the other by turns.
  const [door = "", otherDoor = ""] = edges;
  const told: Told<unknown>[] = [];
  const say = async <Body>(request: Promise<Told<Body>>, wanted: number): Promise<Body> => {
    const answer = await request;
    told.push(answer);
    assert.equal(answer.status, wanted, JSON.stringify(answer.body));
    return answer.body;
  };
  async function buy(token: string, quantity: number): Promise<void> {
    const { storeId, itemId, price } = item;
    const line = { itemId, optionIds: [], quantity };
    const filled = await say(ask<CartShown>(door, "POST", "/cart/lines", { token, body: line }), 201);
    const seen = await say(ask<CartShown>(otherDoor, "GET", "/cart", { token }), 200);
    assert.deepEqual([quantities(filled), quantities(seen)], [[quantity], [quantity]]);
    const body = {
      orderId: ids.make("order"),
      fromCart: {},
      handovers: [{ storeId, fulfilment: "PICKUP" }],
      expectedTotal: price * quantity,
      evenIfDouble: true,
    };
    await say(ask(otherDoor, "POST", "/orders", { token, body }), 201);
    // What was ordered leaves the cart when the cart hears of it.
    while (quantities(await say(ask<CartShown>(door, "GET", "/cart", { token }), 200)).length > 0) await pause(20);
  }
  const buyers = await Promise.all(Array.from({ length: 6 }, (_, at) => signUpBuyer(here, `buyer${at}`)));
  const harm = harmWithoutEnd(server);
  t.after(() => harm.stop());
  const until = performance.now() + 10_000;
  let bought = 0;
  await Promise.all(
    buyers.map(async (token) => {
      for (let time = 0; performance.now() < until; time++) {
        await buy(token, 1 + (time % 5));
        bought += 1;
      }
    }),
  );
  const harms = await harm.stop();
  const tookMs = told.map((answer) => answer.tookMs).sort((one, other) => one - other);
  const [p50 = 0, p99 = 0] = [tookMs[tookMs.length >> 1], tookMs[Math.floor(tookMs.length * 0.99)]];
  assert.ok(harms > 20 && bought > 20, `${bought} bought during ${harms} harms`);
  assert.ok(p99 < 2_000, `p50 ${p50} ms, p99 ${p99} ms`);
  const verified = await runProgram({ args: ["verify"], env: house.env });
  assert.equal(verified.code, 0, verified.output);
});

async function findItem(): Promise<{ storeId: string; itemId: string; price: number }> {
  const { body } = await ask<{ stores: { storeId: string; name: string }[] }>(here, "GET", "/stores");
  const { storeId = "" } = body.stores.find(({ name }) => name === "할매찌개") ?? {};
  type Items = { items: { itemId: string; name: string; basePrice: number }[] };
  const { items } = (await ask<Items>(here, "GET", `/stores/${storeId}/items`)).body;
  const { itemId = "", basePrice = 0 } = items.find(({ name }) => name === "김치찌개") ?? {};
  return { storeId, itemId, price: basePrice };
}
