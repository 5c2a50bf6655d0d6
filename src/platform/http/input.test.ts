import assert from "node:assert/strict";
import { test } from "node:test";
import { Type } from "typebox";
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
  problems: ["store.closed"],
});
const goodBody = { lines: [{ item: "a", quantity: 1 }] };
const post = (payload: unknown, headers: Record<string, string> = {}) => ({
  method: "POST" as const,
  url: "/stores/str_1/orders",
  headers: { ...as("buyer"), "idempotency-key": "k1", "content-type": "application/json", ...headers },
  payload: typeof payload === "string" ? payload : JSON.stringify(payload),
});

test("a flat input is put together from path and body, and the answer is cut to the contract", async () => {
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

test("names that the contract does not list are refused at any depth, in body and query", async () => {
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
