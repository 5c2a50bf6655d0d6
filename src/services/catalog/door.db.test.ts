import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { storeChanged } from "#contracts/store/events.ts";
import { listCategories, readStoreSnapshot } from "#contracts/store/operations.ts";
import { reject } from "#platform/core/decision.ts";
import { as, testServer } from "#platform/http/test-server.ts";
import { standIn, startApp, type TestApp } from "#platform/testing/app.ts";
import { problems } from "./api/problems.ts";
import { catalog } from "./service.ts";

const { storeId } = storeChanged.example;
const category = { code: "010101", parentCode: "0101", level: 3, ko: "분식", en: "Snack food" };
let app: TestApp;
let server: ReturnType<typeof testServer>;
let keys = 0;

before(async () => {
  app = await startApp({
    services: [catalog],
    answers: [
      standIn(listCategories, () => ({ categories: [category] })),
      standIn(readStoreSnapshot, () => reject("store.not_found")),
    ],
  });
  app.say(storeChanged, storeId, { ...storeChanged.example, sellerId: "acc_seller" });
  await app.settle();
  server = testServer(app.app.handlers, { problems, limiter: { take: () => 0 } });
});
after(() => app.close());

async function send(method: "GET" | "POST" | "PUT", url: string, who?: string, body?: object) {
  const headers = { "idempotency-key": `key-${++keys}`, "content-type": "application/json", ...(who ? as(who) : {}) };
  const response = await server.inject({ method, url, headers, ...(body ? { payload: JSON.stringify(body) } : {}) });
  return { status: response.statusCode, json: response.json() };
}

const options = [{ name: "보통", priceDelta: 0 }];
const good = { name: "떡볶이", category: "010101", basePrice: 9_000 };
const withGroup = (group: object) => ({ ...good, optionGroups: [{ name: "맵기", min: 1, max: 1, options, ...group }] });

test("through the door an item is made, edited and seen, with every field of its contract", async () => {
  const made = await send("POST", `/stores/${storeId}/items`, "seller", withGroup({}));
  assert.equal(made.status, 201);
  const { itemId, optionGroups } = made.json;
  const edit = { ...good, description: "매콤", basePrice: 9_500, optionGroups };
  assert.equal((await send("PUT", `/items/${itemId}`, "seller", { ...edit, version: 1 })).status, 200);
  const stale = await send("PUT", `/items/${itemId}`, "seller", { ...edit, version: 1 });
  assert.deepEqual([stale.status, stale.json.code, stale.json.details.version], [409, "item.version_conflict", 2]);
  const shown = (await send("GET", `/items/${itemId}`)).json;
  assert.deepEqual([shown.basePrice, shown.version, shown.description, shown.soldOut], [9_500, 2, "매콤", false]);
  assert.equal(shown.optionGroups[0].options[0].soldOut, false);
  assert.equal("sellerId" in shown, false);
  assert.equal((await send("GET", `/stores/${storeId}/items?sort=price-low`)).json.items[0].storeName, "마당분식");
});

test("without a token or as a buyer no item can be written", async () => {
  const urls = [`/stores/${storeId}/items`, "/items/itm_01jd7x0000000000000000jtem"];
  for (const [url, method] of [[urls[0], "POST"] as const, [urls[1], "PUT"] as const]) {
    assert.equal((await send(method, url ?? "", undefined, {})).status, 401);
    assert.equal((await send(method, url ?? "", "buyer", {})).status, 403);
  }
  assert.equal((await send("GET", "/internal/items/itm_01jd7x0000000000000000jtem", "seller")).status, 404);
});

test("what does not fit the contract is refused by its field, before anything is decided", async () => {
  const first = "optionGroups.0";
  const bad: [object, string][] = [
    [{ ...good, basePrice: -1 }, "basePrice"],
    [{ ...good, basePrice: 0.5 }, "basePrice"],
    [{ ...good, basePrice: 1e308 }, "basePrice"],
    [{ ...good, basePrice: "9000" }, "basePrice"],
    [{ ...good, name: "\ud800" }, "name"],
    [{ ...good, category: "food" }, "category"],
    [{ ...good, status: "SOLD_OUT" }, "status"],
    [{ ...good, kind: "GOODS" }, "kind"],
    [{ ...good, sellerId: "acc_seller" }, "sellerId"],
    [withGroup({ min: -1 }), `${first}.min`],
    [withGroup({ max: 0 }), `${first}.max`],
    [withGroup({ options: [] }), `${first}.options`],
    [withGroup({ options: [{ name: "x", priceDelta: -1e12 }] }), `${first}.options.0.priceDelta`],
  ];
  for (const [body, field] of bad) {
    const { status, json } = await send("POST", `/stores/${storeId}/items`, "seller", body);
    assert.deepEqual([status, json.field], [400, field], JSON.stringify(body));
  }
  assert.equal((await send("GET", "/items?sort=best")).status, 400);
  assert.equal((await send("GET", "/items?cursor=W10")).status, 422);
});
