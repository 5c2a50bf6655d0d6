import assert from "node:assert/strict";
import { test } from "node:test";
import { Type } from "typebox";
import { reject } from "#platform/core/decision.ts";
import type { Caller } from "#platform/core/operation.ts";
import { Busy, Unreachable } from "./problem.ts";
import { anOperation, as, bound, onlyAddress, testServer } from "./test-server.ts";

const order = anOperation({
  name: "placeOrder",
  method: "POST",
  path: "/stores/:storeId/orders",
  access: ["BUYER"],
  idempotency: "key",
  status: 201,
  input: Type.Object({
    storeId: Type.String({ pattern: "^str_" }),
    note: Type.Optional(Type.String({ maxLength: 10 })),
    lines: Type.Array(Type.Object({ item: Type.String(), quantity: Type.Integer({ minimum: 1 }) }), { minItems: 1 }),
  }),
  output: Type.Object({ id: Type.String() }),
  problems: ["store.closed"],
});
const goodBody = { lines: [{ item: "a", quantity: 1 }] };
const post = (payload: unknown, headers: Record<string, string> = {}) => ({
  method: "POST" as const,
  url: "/stores/str_1/orders",
  headers: { ...as("buyer"), "idempotency-key": "k1", "content-type": "application/json", ...headers },
  payload: typeof payload === "string" ? payload : JSON.stringify(payload),
});

test("access is denied by default: no token, a bad, old or ended one, and the wrong role", async () => {
  const { inject } = testServer([bound(order, () => ({ id: "ord_1" }))]);
  const codeAs = async (headers: Record<string, string>) => {
    const { authorization: _, ...rest } = post(goodBody).headers;
    const response = await inject({ ...post(goodBody), headers: { ...rest, ...headers } });
    return [response.statusCode, response.json().code];
  };
  assert.deepEqual(await codeAs({}), [401, "auth.required"]);
  assert.deepEqual(await codeAs(as("nonsense")), [401, "auth.token_invalid"]);
  assert.deepEqual(await codeAs({ authorization: "Basic YTpi" }), [401, "auth.token_invalid"]);
  assert.deepEqual(await codeAs(as("old")), [401, "auth.token_expired"]);
  assert.deepEqual(await codeAs(as("left")), [401, "auth.token_revoked"]);
  assert.deepEqual(await codeAs(as("seller")), [403, "auth.forbidden"]);
  assert.deepEqual(await codeAs(as("buyer")), [201, undefined]);
  const forged = { "x-account-id": "acc_buyer", "x-roles": "BUYER", "x-madang-account": "acc_buyer" };
  assert.deepEqual(await codeAs(forged), [401, "auth.required"]);
});

test("a token that is over does not keep anybody from what is open to all", async () => {
  const who = anOperation({ output: Type.Object({ kind: Type.String(), id: Type.Optional(Type.String()) }) });
  const { inject } = testServer([bound(who, (_, caller) => caller)]);
  assert.deepEqual((await inject({ url: "/look", headers: as("old") })).json(), { kind: "anyone" });
  assert.deepEqual((await inject({ url: "/look", headers: as("buyer") })).json(), { kind: "account", id: "acc_buyer" });
});

test("operations of the house exist only for a service with its token, and not at all at the edge", async () => {
  const callers: Caller[] = [];
  const reserve = anOperation({ name: "reserve", path: "/internal/reserve", access: "service" });
  const run = (_: never, caller: Caller) => {
    callers.push(caller);
    return { ok: true };
  };
  const house = testServer([bound(reserve, run)]);
  const token = { "x-madang-service-token": "order" };
  const url = "/internal/reserve";
  for (const headers of [{}, as("buyer"), { "x-madang-service-token": "forged" }] as Record<string, string>[]) {
    const response = await house.inject({ url, headers });
    assert.deepEqual([response.statusCode, response.json().code], [404, "route.not_found"]);
  }
  assert.equal((await house.inject({ url, headers: token })).statusCode, 200);
  const forBuyer = { "x-madang-service-token": "order-for-buyer", "x-madang-caller-address": "203.0.113.9" };
  await house.inject({ url, headers: forBuyer });
  assert.deepEqual(
    callers.map(({ kind, id }) => [kind, id]),
    [
      ["service", "order"],
      ["account", "acc_buyer"],
    ],
  );
  assert.equal(callers[1]?.ip, "203.0.113.9");
  const relay = {
    operations: [bound(reserve, run)],
    addressesOf: () => onlyAddress("http://127.0.0.1:1"),
    tokenFor: () => "",
    requestsPerService: 1,
  };
  assert.equal((await testServer([], { relay }).inject({ url, headers: token })).statusCode, 404);
});

test("a refusal is a problem with the owner's status and text, and its page tells it again", async () => {
  const { inject } = testServer([
    bound(anOperation({ problems: ["store.closed"] }), () => reject("store.closed", { store: "마당", minutes: 1200 })),
  ]);
  const problem = (await inject({ url: "/look" })).json();
  assert.equal(problem.status, 409);
  assert.equal(problem.detail, "마당은 1,200분 뒤에 열어요.");
  assert.deepEqual(problem.details, { store: "마당", minutes: 1200 });
  const english = (await inject({ url: "/look", headers: { "accept-language": "en" } })).json();
  assert.equal(english.detail, "마당 opens in 1,200 min.");
  const page = (await inject({ url: problem.type })).json();
  assert.deepEqual([page.status, page.code], [409, "store.closed"]);
});

test("a code that nobody listed, and an error, are a 500 that says nothing but where to look", async () => {
  const { inject, lines } = testServer([
    bound(anOperation(), () => reject("store.forgotten")),
    bound(anOperation({ path: "/broken" }), () => {
      throw new Error("password of the database is swordfish");
    }),
  ]);
  const forgotten = await inject({ url: "/look" });
  assert.deepEqual([forgotten.statusCode, forgotten.json().code], [500, "server.error"]);
  assert.ok(lines.some((line) => line.code === "http.problem_unlisted" && line.problem === "store.forgotten"));
  const broken = await inject({ url: "/broken" });
  assert.equal(broken.statusCode, 500);
  assert.ok(!broken.body.includes("swordfish"));
  assert.match(broken.json().detail, /[0-9a-f]{32}/);
  assert.ok(lines.some((line) => line.code === "http.error"));
});

test("a full queue and a service out of reach are a 503 that says when to come back", async () => {
  const { inject } = testServer([
    bound(anOperation(), () => {
      throw new Busy("orders", 2500);
    }),
    bound(anOperation({ path: "/far" }), () => {
      throw new Unreachable("stock", false);
    }),
    bound(anOperation({ path: "/queue" }), () => reject("request.busy")),
  ]);
  const busy = await inject({ url: "/look" });
  assert.deepEqual([busy.statusCode, busy.json().code, busy.headers["retry-after"]], [503, "server.busy", "3"]);
  const far = await inject({ url: "/far" });
  assert.deepEqual([far.statusCode, far.json().code, far.headers["retry-after"]], [503, "server.unreachable", "1"]);
  const queue = await inject({ url: "/queue" });
  assert.deepEqual([queue.statusCode, queue.headers["retry-after"]], [503, "1"]);
});

test("an address that exists tells which methods it takes; one that does not is a 404", async () => {
  const { inject } = testServer([bound(anOperation()), bound(order)]);
  const wrong = await inject({ method: "DELETE", url: "/look" });
  assert.deepEqual([wrong.statusCode, wrong.json().code], [405, "request.method_not_allowed"]);
  assert.equal(wrong.headers.allow, "GET, HEAD, OPTIONS");
  const asked = await inject({ method: "OPTIONS", url: "/stores/str_1/orders" });
  assert.deepEqual([asked.statusCode, asked.headers.allow], [204, "OPTIONS, POST"]);
  const head = await inject({ method: "HEAD", url: "/look" });
  assert.deepEqual([head.statusCode, head.body], [200, ""]);
  for (const url of ["/nowhere", "/look/", "/LOOK"])
    assert.equal((await inject({ url })).json().code, "route.not_found");
  assert.equal((await inject({ url: "/%ff" })).json().code, "request.bad_url");
});

test("request id and trace go on when they are well-formed, and are made when they are not", async () => {
  const traces: string[] = [];
  const { inject } = testServer([
    bound(anOperation(), (_, caller) => {
      traces.push(caller.traceparent);
      return { ok: true };
    }),
  ]);
  const id = "req_01jd0000000000000000000000";
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const kept = await inject({ url: "/look", headers: { "x-request-id": id, traceparent } });
  assert.equal(kept.headers["x-request-id"], id);
  assert.equal(String(kept.headers.traceparent).slice(0, 36), traceparent.slice(0, 36));
  assert.notEqual(kept.headers.traceparent, traceparent);
  assert.equal(traces[0], kept.headers.traceparent);
  for (const bad of [
    "",
    "x",
    `00-${"0".repeat(32)}-b7ad6b7169203331-01`,
    traceparent.toUpperCase(),
    `ff${traceparent.slice(2)}`,
  ]) {
    const made = await inject({ url: "/look", headers: { "x-request-id": `${id}\\n`, traceparent: bad } });
    assert.match(String(made.headers["x-request-id"]), /^req_[0-9a-hjkmnp-tv-z]{26}$/);
    assert.notEqual(made.headers["x-request-id"], id);
    assert.match(String(made.headers.traceparent), /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    assert.notEqual(String(made.headers.traceparent).slice(3, 35), traceparent.slice(3, 35));
  }
});
