import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { itemChanged } from "#contracts/catalog/events.ts";
import { storeChanged } from "#contracts/store/events.ts";
import { as, testServer } from "#platform/http/test-server.ts";
import { startApp, type TestApp } from "#platform/testing/app.ts";
import { problems } from "./api/problems.ts";
import { cart } from "./service.ts";

const { itemId } = itemChanged.example;
const optionIds = ["opt_01jd7x0000000000000000mjd1"];
let app: TestApp;
let server: ReturnType<typeof testServer>;
let keys = 0;

before(async () => {
  app = await startApp({ services: [cart] });
  app.say(storeChanged, storeChanged.example.storeId, { ...storeChanged.example, hours: [], holidays: [] });
  app.say(itemChanged, itemId, itemChanged.example);
  await app.settle();
  server = testServer(app.app.handlers, { problems, limiter: { take: () => 0 } });
});
after(() => app.close());

async function send(method: "GET" | "POST" | "PATCH" | "DELETE", url: string, who?: string, body?: object) {
  const headers = { "idempotency-key": `key-${++keys}`, ...(who ? as(who) : {}) };
  const response = await server.inject({
    method,
    url,
    headers: body ? { ...headers, "content-type": "application/json" } : headers,
    ...(body ? { payload: JSON.stringify(body) } : {}),
  });
  return { status: response.statusCode, json: response.json() };
}

test("through the door a cart is filled, warned about and emptied, with every field of its contract", async () => {
  const added = await send("POST", "/cart/lines", "buyer", { itemId, optionIds, quantity: 2 });
  assert.equal(added.status, 201);
  app.say(itemChanged, itemId, { ...itemChanged.example, basePrice: 8_000, version: 3 });
  await app.settle();
  const { json } = await send("GET", "/cart?area=1168010100", "buyer");
  const [store] = json.baskets[0].stores;
  const [line] = store.lines;
  assert.deepEqual(
    [store.deliveryFee, store.itemsTotal, line.unitPrice, line.options[0].name],
    [3_000, 16_000, 8_000, "보통"],
  );
  const [notice] = json.notices;
  assert.deepEqual([notice.code, notice.args.from, notice.args.to], ["PRICE_CHANGED", 9_000, 8_000]);
  assert.equal(notice.text, "가격이 9,000원에서 8,000원으로 바뀌었어요: 국물떡볶이");
  const seen = await send("POST", "/cart/notices/seen", "buyer", { noticeIds: [notice.noticeId] });
  assert.deepEqual(seen.json.notices, []);
  assert.equal((await send("PATCH", `/cart/lines/${line.cartLineId}`, "buyer", { quantity: 1 })).status, 200);
  assert.equal((await send("DELETE", `/cart/lines/${line.cartLineId}`, "buyer")).status, 200);
  assert.equal((await send("DELETE", `/cart/lines/${line.cartLineId}`, "buyer")).json.code, "cart.line_not_found");
});

test("without a token or as a seller there is no cart", async () => {
  for (const who of [undefined, "seller"]) {
    const status = who ? 403 : 401;
    assert.equal((await send("GET", "/cart", who)).status, status);
    assert.equal((await send("POST", "/cart/lines", who, { itemId, optionIds, quantity: 1 })).status, status);
    assert.equal((await send("DELETE", "/cart", who)).status, status);
  }
  assert.equal((await send("GET", "/internal/carts/acc_01jd7x0000000000000000b9yr", "buyer")).status, 404);
});

test("what does not fit the contract is refused by its field: a price above all", async () => {
  const good = { itemId, optionIds, quantity: 1 };
  const bad: [object, string][] = [
    [{ ...good, quantity: 0 }, "quantity"],
    [{ ...good, quantity: -1 }, "quantity"],
    [{ ...good, quantity: 100 }, "quantity"],
    [{ ...good, quantity: 1.5 }, "quantity"],
    [{ ...good, quantity: 1e308 }, "quantity"],
    [{ ...good, quantity: "1" }, "quantity"],
    [{ ...good, itemId: "str_01jd7x0000000000000000stre" }, "itemId"],
    [{ ...good, optionIds: [...optionIds, ...optionIds] }, "optionIds"],
    [{ ...good, optionIds: [null] }, "optionIds.0"],
    [{ ...good, unitPrice: 1 }, "unitPrice"],
    [{ ...good, accountId: "acc_01jd7x0000000000000000b9yr" }, "accountId"],
  ];
  for (const [body, field] of bad) {
    const { status, json } = await send("POST", "/cart/lines", "buyer", body);
    assert.deepEqual([status, json.field], [400, field], JSON.stringify(body));
  }
});
