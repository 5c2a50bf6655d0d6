import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { chatSocket } from "#contracts/chat/socket.ts";
import { socketClient } from "#platform/socket/testing-client.ts";
import { DEMO_PEOPLE } from "./demo/people.ts";
import { runProgram } from "./testing/program.ts";
import { everythingBut, type Part, type SplitHouse, startSplit, whileFrozen } from "./testing/split.ts";
import { send as ask, logIn as logInAs } from "./testing/visitor.ts";

// Real processes: two of identity, one of store, one of everything (it hears them), and an edge before them.
const WITHIN_MS = 1_000;
const BELIEVED_MS = 6_000;
let house: SplitHouse;
let edge: Part;

before(async () => {
  house = await startSplit({
    groups: [
      { services: ["identity"], processes: 2 },
      { services: ["store"], processes: 1 },
      { ...everythingBut("identity", "store"), processes: 1 },
    ],
    env: { LOG_LEVEL: "info", REVOCATION_AGE_MAX_MS: `${BELIEVED_MS}` },
  });
  [edge] = house.edges as [Part];
});
after(() => house.stop());

const logIn = (email: string = DEMO_PEOPLE.buyer.email) => logInAs(edge.url, email);

async function timed(send: () => Promise<Response>) {
  const began = performance.now();
  const answer = await send();
  await answer.arrayBuffer();
  return { status: answer.status, retryAfter: answer.headers.get("retry-after"), ms: performance.now() - began };
}

/** How long it takes until the process answers with this status. */
async function untilMs(url: string, path: string, token: string, wanted: number): Promise<number> {
  const began = performance.now();
  for (;;) {
    const { status } = await ask(url, "GET", path, { token });
    const ms = performance.now() - began;
    if (status === wanted) return ms;
    assert.ok(ms < 10 * WITHIN_MS, `still ${status}`);
    await pause(10);
  }
}

test("an order goes through an edge and the processes behind it", async () => {
  const { code, output } = await runProgram({ args: ["order"], env: house.env });
  assert.equal(code, 0, output);
  assert.match(output, /COMPLETED/);
  const [trace = ""] = output.match(/[0-9a-f]{32}/) ?? [];
  const isIn = (parts: readonly Part[]) => parts.some((part) => part.output().includes(trace));
  const all = [[edge], house.of("identity"), house.of("store"), house.of("order")];
  // Log lines are written some at a time.
  for (let tries = 0; !all.every(isIn) && tries < 100; tries++) await pause(50);
  assert.deepEqual(all.map(isIn), [true, true, true, true], trace);
});

test("one document of operations, one of events and one page tell of every service, and nothing of the house is to be had", async () => {
  const { paths } = (await (await fetch(`${edge.url}/openapi.json`)).json()) as { paths: object };
  for (const path of ["/sessions", "/stores", "/orders", "/ledger/accounts"])
    assert.ok(Object.hasOwn(paths, path), path);
  const { channels } = (await (await fetch(`${edge.url}/asyncapi.json`)).json()) as { channels: object };
  assert.ok(Object.hasOwn(channels, "order") && Object.hasOwn(channels, "payment"), Object.keys(channels).join());
  assert.equal((await fetch(`${edge.url}/docs`)).status, 200);
  for (const path of ["/internal/identity/revoked-sessions", "/internal/items/itm_1"]) {
    assert.equal((await fetch(edge.url + path)).status, 404, path);
  }
});

test("a logout takes effect at the edge and in every process within a second", async () => {
  const token = await logIn(DEMO_PEOPLE.food.email);
  const processes = [edge, ...house.of("identity"), ...house.of("order")].map(({ url }) => [url, "/me"] as const);
  const all = [...processes, [house.of("store")[0]?.url ?? "", "/my/stores"] as const];
  for (const [url, path] of all) assert.equal((await ask(url, "GET", path, { token })).status, 200);
  assert.equal((await ask(edge.url, "DELETE", "/sessions/current", { token })).status, 200);
  const took = await Promise.all(all.map(([url, path]) => untilMs(url, path, token, 401)));
  assert.ok(Math.max(...took) < WITHIN_MS, `${took} ms`);
});

test("a new signing key is known everywhere long before it signs, and nobody is logged out", async () => {
  const admin = await logIn(DEMO_PEOPLE.admin.email);
  const seller = await logIn(DEMO_PEOPLE.food.email);
  const made = await ask(edge.url, "POST", "/signing-keys", { token: admin, body: {} });
  assert.equal(made.status, 201);
  await pause(WITHIN_MS);
  const { keys: published } = (await (await fetch(`${edge.url}/.well-known/jwks.json`)).json()) as { keys: unknown[] };
  assert.equal(published.length, 2);
  for (const token of [admin, seller]) assert.equal((await ask(edge.url, "GET", "/me", { token })).status, 200);
  assert.equal((await ask(house.of("store")[0]?.url ?? "", "GET", "/my/stores", { token: seller })).status, 200);
});

test("who watches through the edge is told what happens as it happens", async () => {
  const token = await logIn();
  const { orders } = (await (await ask(edge.url, "GET", "/orders", { token })).json()) as {
    orders: { orderId: string }[];
  };
  const leaving = new AbortController();
  const answer = await fetch(`${edge.url}/orders/${orders[0]?.orderId}/events`, {
    headers: { authorization: `Bearer ${token}`, accept: "text/event-stream" },
    signal: leaving.signal,
  });
  assert.equal(answer.status, 200);
  const first = await answer.body?.getReader().read();
  assert.match(new TextDecoder().decode(first?.value), /COMPLETED/);
  leaving.abort();
});

test("people talk through the edge: the ticket, the socket and what is said behind it", async () => {
  const token = await logIn();
  const { stores } = (await (await ask(edge.url, "GET", "/stores?limit=1")).json()) as {
    stores: { storeId: string }[];
  };
  const opened = await ask(edge.url, "POST", "/chat/store-rooms", {
    token,
    body: { storeId: stores[0]?.storeId },
  });
  const { roomId } = (await opened.json()) as { roomId: string };
  const { path } = (await (await ask(edge.url, "POST", "/chat/tickets", { token, body: {} })).json()) as {
    path: string;
  };
  const client = await socketClient(edge.url + path, chatSocket);
  await client.ask("resume", { rooms: [{ roomId, seq: 0 }] });
  const messageId = `msg_${"0".repeat(26)}`;
  assert.equal((await client.ask("sendMessage", { roomId, messageId, text: "문 앞에서" })).type, "answer");
  await client.until((frames) => frames.some(({ type, text }) => type === "message" && text === "문 앞에서"));
  client.close();
});

test("a webhook reaches the payment service as it was sent", async () => {
  const body = '{ "eventType" : "PAYMENT_STATUS_CHANGED", "data":{"orderId":"nobody\'s"} }';
  const headers = { "content-type": "application/json" };
  const direct = await fetch(`${house.of("payment")[0]?.url}/webhooks/toss`, { method: "POST", headers, body });
  const through = await fetch(`${edge.url}/webhooks/toss`, { method: "POST", headers, body });
  assert.deepEqual([through.status, await through.text()], [direct.status, await direct.text()]);
});

test("while identity is gone tokens go on being checked; what needs it says so at once, and it heals", async () => {
  const token = await logIn(DEMO_PEOPLE.food.email);
  await whileFrozen(house.of("identity"), async () => {
    const first = await timed(() => ask(edge.url, "GET", "/me", { token }));
    assert.deepEqual([first.status, first.retryAfter], [503, "1"]);
    assert.ok(first.ms < 5 * WITHIN_MS, `${first.ms} ms until the first was told`);
    for (const path of ["/my/stores", "/stores"]) {
      const { status, ms } = await timed(() => ask(edge.url, "GET", path, { token }));
      assert.equal(status, 200, path);
      assert.ok(ms < WITHIN_MS, `${path}: ${ms} ms`);
    }
    const next = await timed(() => ask(edge.url, "GET", "/me", { token }));
    assert.equal(next.status, 503);
    assert.ok(next.ms < WITHIN_MS, `${next.ms} ms`);
    await pause(BELIEVED_MS - WITHIN_MS);
    assert.equal((await ask(edge.url, "GET", "/my/stores", { token })).status, 503, "a logout could have been missed");
    assert.equal((await ask(edge.url, "GET", "/stores")).status, 200);
  });
  await untilMs(edge.url, "/me", token, 200);
  await untilMs(edge.url, "/my/stores", token, 200);
});
