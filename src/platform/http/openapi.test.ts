import assert from "node:assert/strict";
import { test } from "node:test";
import { Type } from "typebox";
import { openApi } from "./openapi.ts";
import { platformProblems } from "./platform-problems.ts";
import { anOperation, bound, testServer } from "./test-server.ts";

const place = anOperation({
  name: "placeOrder",
  method: "POST",
  path: "/stores/:storeId/orders",
  access: ["BUYER"],
  idempotency: "key",
  status: 201,
  input: Type.Object({
    storeId: Type.String(),
    kind: Type.Enum(["FOOD", "GOODS"]),
    note: Type.Optional(Type.String()),
  }),
  output: Type.Object({ id: Type.String() }),
  problems: ["store.closed"],
});
const list = anOperation({
  name: "listOrders",
  path: "/stores/:storeId/orders",
  input: Type.Object({
    storeId: Type.String(),
    limit: Type.Optional(Type.Integer({ maximum: 100, description: "한 쪽의 개수" })),
  }),
});
const leave = anOperation({
  name: "leave",
  method: "DELETE",
  path: "/me",
  access: ["BUYER"],
  status: 204,
  output: Type.Object({}),
});
const inner = anOperation({ name: "reserve", path: "/internal/reserve", access: "service" });
const watch = anOperation({
  name: "watchOrder",
  path: "/orders/:orderId/events",
  access: ["BUYER"],
  input: Type.Object({ orderId: Type.String() }),
  says: { part: Type.Object({ minutes: Type.Integer() }) },
});
const problems = { ...platformProblems, "store.closed": { status: 409, ko: "닫혔어요.", en: "Closed." } };
const document = openApi({
  ...{ title: "마당", version: "1", description: "", problems, operations: [place, list, leave, watch, inner] },
  tags: { store: { ko: "가게", en: "Store" } },
});

type Node = Record<string, unknown>;
const at = (node: unknown, ...path: string[]): unknown =>
  path.reduce((inside, name) => (inside as Node | undefined)?.[name], node);
function nodes(value: unknown): Node[] {
  if (typeof value !== "object" || value === null) return [];
  const inside = Object.values(value).flatMap(nodes);
  return Array.isArray(value) ? inside : [value as Node, ...inside];
}
const operations = Object.entries(document.paths as Record<string, Record<string, Node>>).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

test("the flat input is split into path, query and body", () => {
  const created = at(document, "paths", "/stores/{storeId}/orders", "post") as Node;
  assert.deepEqual(at(created, "requestBody", "content", "application/json", "schema"), {
    type: "object",
    properties: { kind: { type: "string", enum: ["FOOD", "GOODS"] }, note: { type: "string" } },
    required: ["kind"],
    additionalProperties: false,
  });
  const listed = at(document, "paths", "/stores/{storeId}/orders", "get") as { parameters: Node[]; requestBody?: Node };
  assert.deepEqual(
    listed.parameters.slice(0, 2).map(({ name, in: place, required }) => [name, place, required]),
    [
      ["storeId", "path", true],
      ["limit", "query", false],
    ],
  );
  assert.equal(listed.requestBody, undefined);
});

test("every reference leads somewhere; every operation has a name, a success, problems and two languages", () => {
  for (const node of nodes(document)) {
    if (typeof node.$ref !== "string") continue;
    assert.ok(at(document, ...node.$ref.slice(2).split("/")), node.$ref);
  }
  const ids = operations.map(({ operation }) => operation.operationId);
  assert.equal(new Set(ids).size, ids.length);
  for (const { path, operation } of operations) {
    const responses = operation.responses as Record<string, Node>;
    assert.ok(Object.keys(responses).some((status) => status.startsWith("2")));
    for (const [status, response] of Object.entries(responses)) {
      assert.ok(response.description, `${path} ${status}`);
      if (!status.startsWith("2")) assert.ok(at(response, "content", "application/problem+json", "schema"));
    }
    assert.ok(responses["400"] && responses.default);
    assert.match(String(operation.summary), /.+ · .+/);
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    const named = (operation.parameters as Node[]).filter((one) => one.in === "path").map((one) => one.name);
    assert.deepEqual(named, inPath);
  }
});

test("an operation lists the codes it can refuse with, its key and whether it needs a token", () => {
  const created = at(document, "paths", "/stores/{storeId}/orders", "post") as Node;
  const codes = JSON.stringify(at(created, "responses", "409"));
  assert.ok(codes.includes("store.closed") && codes.includes("request.in_flight"));
  assert.ok(JSON.stringify(created.parameters).includes("IdempotencyKey"));
  assert.deepEqual(created.security, [{ bearer: [] }]);
  assert.deepEqual(at(document, "paths", "/stores/{storeId}/orders", "get", "security"), []);
  assert.deepEqual(at(document, "tags"), [{ name: "가게 store", description: "Store" }]);
});

test("a watch is text/event-stream: each thing that it says with its data, and how a client goes on after a break", () => {
  const watched = at(document, "paths", "/orders/{orderId}/events", "get") as Node;
  const items = at(watched, "responses", "200", "content", "text/event-stream", "schema", "items", "oneOf") as Node[];
  assert.deepEqual(
    items.map(({ title }) => title),
    ["open", "part", "reload", "end"],
  );
  const data = { type: "object", properties: { minutes: { type: "integer" } }, required: ["minutes"] };
  assert.deepEqual(at(items[1], "properties", "data"), data);
  assert.ok(JSON.stringify(watched.parameters).includes("LastEventId"));
  assert.ok(JSON.stringify(at(watched, "responses", "429")).includes("watch.too_many"));
});

test("calls of the house stay out of the document, and no schema holds what is not JSON", () => {
  assert.ok(!JSON.stringify(document).includes("/internal"));
  assert.deepEqual(JSON.parse(JSON.stringify(document)), document);
});

test("the server gives the document and a page to try it out that loads nothing from elsewhere", async () => {
  const { inject } = testServer([bound(place), bound(inner)], {
    docs: { title: "마당", version: "1", description: "" },
    events: { asyncapi: "3.0.0" },
  });
  const given = await inject({ url: "/openapi.json" });
  assert.deepEqual((await inject({ url: "/asyncapi.json" })).json(), { asyncapi: "3.0.0" });
  assert.equal(given.json().openapi, "3.1.0");
  assert.ok(!given.body.includes("/internal"));
  const page = await inject({ url: "/docs" });
  assert.equal(page.statusCode, 200);
  assert.ok(!/(src|href)="https?:/.test(page.body));
  assert.match(String(page.headers["content-security-policy"]), /default-src 'self'/);
  const script = /src="([^"]+bundle\.js)"/.exec(page.body)?.[1] ?? "";
  assert.equal((await inject({ url: new URL(script, "http://here/docs/").pathname })).statusCode, 200);
  assert.equal((await inject({ url: "/docs/json" })).json().openapi, "3.1.0");
});
