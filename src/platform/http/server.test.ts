import assert from "node:assert/strict";
import { test } from "node:test";
import { Type } from "typebox";
import { reject } from "#platform/core/decision.ts";
import type { Caller } from "#platform/core/operation.ts";
import { Busy, Unreachable } from "./problem.ts";
import { anOperation, as, bound, testServer } from "./test-server.ts";

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
  problems: ["shop.closed"],
});
const goodBody = { lines: [{ item: "a", quantity: 1 }] };
const post = (payload: unknown, headers: Record<string, string> = {}) => ({
  method: "POST" as const,
  url: "/stores/str_1/orders",
  headers: { ...as("buyer"), "idempotency-key": "k1", "content-type": "application/json", ...headers },
  payload: typeof payload === "string" ? payload : JSON.stringify(payload),
});

test("a flat input is put together from path and body, and the answer has the contract's status and fields only", async () => {
  const seen: unknown[] = [];
  const { inject } = testServer([
    bound(order, (input) => {
      seen.push(input);
      return { id: "ord_1", secret: "not in the contract" };
    }),
  ]);
  const response = await inject(post(goodBody));
  assert.equal(response.statusCode, 201);
  assert.deepEqual(response.json(), { id: "ord_1" });
  assert.deepEqual(seen, [{ ...goodBody, storeId: "str_1" }]);
});

test("numbers, booleans and lists in a query become what the schema says, and nonsense is refused", async () => {
  const list = anOperation({
    input: Type.Object({
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
      open: Type.Optional(Type.Boolean()),
      kinds: Type.Optional(Type.Array(Type.String())),
    }),
    output: Type.Object({ input: Type.Unknown() }),
  });
  const { inject } = testServer([bound(list, (input) => ({ input }))]);
  const good = await inject({ url: "/look?limit=20&open=true&kinds=a&kinds=b" });
  assert.deepEqual(good.json().input, { limit: 20, open: true, kinds: ["a", "b"] });
  assert.deepEqual((await inject({ url: "/look?kinds=a" })).json().input, { kinds: ["a"] });
  for (const query of [
    "limit=0",
    "limit=1e3",
    "limit=",
    "limit=1.5",
    "limit=99999999999999999999",
    "open=1",
    "limit=1&limit=2",
  ]) {
    const response = await inject({ url: `/look?${query}` });
    assert.equal(response.statusCode, 400, query);
    assert.equal(response.json().code, "request.invalid", query);
  }
});

test("a wrong field is named where it stands, in the caller's language", async () => {
  const { inject } = testServer([bound(order)]);
  const body = { lines: [{ item: "a", quantity: 0 }], note: "12345678901" };
  const response = await inject(post(body, { "accept-language": "en-US,en;q=0.9,ko;q=0.8" }));
  const problem = response.json();
  assert.equal(response.headers["content-type"], "application/problem+json; charset=utf-8");
  assert.equal(response.headers["content-language"], "en");
  assert.deepEqual([problem.status, problem.code, problem.type], [400, "request.invalid", "/problems/request.invalid"]);
  const byField = new Map(problem.errors.map((error: { field: string }) => [error.field, error]));
  assert.deepEqual(byField.get("lines.0.quantity"), {
    field: "lines.0.quantity",
    code: "too_small",
    message: "must be at least 1",
  });
  assert.ok(byField.has("note"));
  assert.equal(problem.field, problem.errors[0].field);
  assert.equal(problem.instance, "/stores/str_1/orders");
  assert.equal(problem.requestId, response.headers["x-request-id"]);
  const korean = (await inject(post({}))).json();
  assert.deepEqual(korean.errors, [{ field: "lines", code: "required", message: "꼭 필요해요." }]);
});

test("names that the contract does not list are refused at any depth, in body, query and path's namesakes", async () => {
  const { inject } = testServer([bound(order), bound(anOperation())]);
  for (const [body, field] of [
    [{ ...goodBody, price: 1 }, "price"],
    [{ ...goodBody, storeId: "str_2" }, "storeId"],
    [{ lines: [{ item: "a", quantity: 1, price: 1 }] }, "lines.0.price"],
    ['{"lines":[{"item":"a","quantity":1}],"__proto__":{"x":1}}', "__proto__"],
    ['{"lines":[{"item":"a","quantity":1,"__proto__":1}]}', "lines.0.__proto__"],
    [{ ...goodBody, constructor: { prototype: {} } }, "constructor"],
  ] as const) {
    const response = await inject(post(body));
    assert.deepEqual([response.statusCode, response.json().code], [400, "request.unknown_field"], field);
    assert.equal(response.json().field, field);
  }
  assert.equal((await inject({ url: "/look?debug=1" })).json().field, "debug");
  const query = { ...post(goodBody), url: "/stores/str_1/orders?lines=1" };
  assert.equal((await inject(query)).json().code, "request.unknown_field");
});

test("text that PostgreSQL or UTF-8 cannot hold is refused everywhere", async () => {
  const look = anOperation({
    path: "/look/:word",
    input: Type.Object({ word: Type.String(), q: Type.Optional(Type.String()) }),
  });
  const { inject } = testServer([bound(order), bound(look)]);
  for (const body of [
    '{"note":"a\\u0000b"}',
    '{"note":"\\ud800"}',
    '{"lines":[{"item":"\\udc00x"}]}',
    '{"a\\u0000":1}',
  ]) {
    assert.equal((await inject(post(body))).json().code, "request.bad_text", body);
  }
  assert.equal((await inject({ url: "/look/a%00b" })).json().code, "request.bad_text");
  assert.equal((await inject({ url: "/look/a?q=%00" })).json().code, "request.bad_text");
  const notUtf8 = { ...post(""), payload: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]) };
  assert.equal((await inject(notUtf8)).json().code, "request.bad_text");
});

test("a body is one JSON object of UTF-8, told as JSON, not packed, and no larger than the limit", async () => {
  const { inject } = testServer([bound(order, () => ({ id: "ord_1" }))]);
  const codes: [string, unknown, Record<string, string>?][] = [
    ["request.bad_json", "{"],
    ["request.bad_json", "[".repeat(60_000)],
    ["request.bad_json", `{"lines":${"[".repeat(40)}1${"]".repeat(40)}}`],
    ["request.body_not_object", "[]"],
    ["request.body_not_object", "null"],
    ["request.body_not_object", '"text"'],
    ["request.duplicate_field", '{"note":"a","note":"b"}'],
    ["request.duplicate_field", '{"lines":[{"item":"a","item":"b:c","quantity":1}]}'],
    ["request.duplicate_field", '{"note":"a","\\u006eote":"b"}'],
    ["request.too_large", JSON.stringify({ note: "x".repeat(70_000) })],
    ["request.unsupported_media", "{}", { "content-type": "text/plain" }],
    ["request.unsupported_media", "{}", { "content-type": "application/x-www-form-urlencoded" }],
    ["request.unsupported_media", "{}", { "content-encoding": "gzip" }],
  ];
  for (const [code, body, headers] of codes) {
    const response = await inject(post(body, headers));
    assert.equal(response.json().code, code, String(body).slice(0, 50));
    assert.ok(response.statusCode >= 400 && response.statusCode < 500);
  }
  const colons = await inject(post({ ...goodBody, note: 'a:"b":\\' }));
  assert.equal(colons.statusCode, 201, "colons and quotes inside a text are no second name");
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
  assert.equal(
    (await testServer([bound(reserve, run)], { role: "edge" }).inject({ url, headers: token })).statusCode,
    404,
  );
});

test("a refusal is a problem with the owner's status and text, filled with its details, and its page tells it again", async () => {
  const { inject } = testServer([
    bound(anOperation({ problems: ["shop.closed"] }), () => reject("shop.closed", { store: "마당", minutes: 1200 })),
  ]);
  const problem = (await inject({ url: "/look" })).json();
  assert.equal(problem.status, 409);
  assert.equal(problem.detail, "마당은 1,200분 뒤에 열어요.");
  assert.deepEqual(problem.details, { store: "마당", minutes: 1200 });
  const english = (await inject({ url: "/look", headers: { "accept-language": "en" } })).json();
  assert.equal(english.detail, "마당 opens in 1,200 min.");
  const page = (await inject({ url: problem.type })).json();
  assert.deepEqual([page.status, page.code], [409, "shop.closed"]);
});

test("a code that nobody listed, and an error, are a 500 that says nothing but where to look", async () => {
  const { inject, lines } = testServer([
    bound(anOperation(), () => reject("shop.forgotten")),
    bound(anOperation({ path: "/broken" }), () => {
      throw new Error("password of the database is swordfish");
    }),
  ]);
  const forgotten = await inject({ url: "/look" });
  assert.deepEqual([forgotten.statusCode, forgotten.json().code], [500, "server.error"]);
  assert.ok(lines.some((line) => line.code === "http.problem_unlisted" && line.problem === "shop.forgotten"));
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
