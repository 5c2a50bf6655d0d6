import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { testServer } from "#platform/http/test-server.ts";
import { startApp, type TestApp } from "#platform/testing/app.ts";
import { problems } from "./api/problems.ts";
import { storeService } from "./service.ts";

const roles = { seller: "SELLER", buyer: "BUYER", operator: "OPERATOR" } as const;
type Who = keyof typeof roles;
let app: TestApp;
let server: ReturnType<typeof testServer>;
let keys = 0;

before(async () => {
  app = await startApp({ services: [storeService] });
  server = testServer(app.app.handlers, {
    problems,
    verifyToken: (token) => {
      const role = roles[token as Who];
      const accountId = `acc_01jd7x000000000000000${token.slice(0, 1)}0000`;
      return role ? { accountId, roles: [role], sessionId: "ses_1" } : null;
    },
    limiter: { take: () => 0 },
  });
});
after(() => app.close());

async function send(method: "GET" | "POST" | "PUT" | "PATCH", url: string, who?: Who, body?: object) {
  const response = await server.inject({
    method,
    url,
    headers: {
      "idempotency-key": `key-${++keys}`,
      ...(who ? { authorization: `Bearer ${who}` } : {}),
      ...(body ? { "content-type": "application/json" } : {}),
    },
    ...(body ? { payload: JSON.stringify(body) } : {}),
  });
  return { status: response.statusCode, json: response.json() };
}

test("through the door a store is made, approved and seen, with every field of its contract", async () => {
  const span = { opensAt: 0, closesAt: 1440 };
  const made = await send("POST", "/stores", "seller", {
    name: "문 앞 분식",
    kind: "FOOD",
    categories: ["010101"],
    hours: [span],
    holidays: ["2027-01-01"],
    fulfilments: ["PICKUP"],
    minOrder: 10_000,
  });
  assert.equal(made.status, 201);
  const { storeId } = made.json;
  const company = { businessRegistrationNo: "220-81-62517", name: "마당상사", phone: "02-123-4567" };
  assert.equal((await send("PUT", "/my/company", "seller", company)).status, 200);
  assert.equal((await send("POST", `/stores/${storeId}/submission`, "seller", {})).status, 200);
  assert.equal((await send("GET", `/stores/${storeId}`)).status, 404);
  assert.equal((await send("POST", `/operator/stores/${storeId}/approval`, "operator", {})).status, 200);
  const shown = await send("GET", `/stores/${storeId}`);
  assert.deepEqual([shown.json.hours, shown.json.minOrder, shown.json.openNow !== undefined], [[span], 10_000, true]);
  assert.equal((await send("GET", "/stores?kind=FOOD&category=01&keyword=문")).json.stores.length, 1);
  const wrong = await send("PUT", "/my/company", "seller", { ...company, businessRegistrationNo: "220-81-62518" });
  assert.deepEqual(
    [wrong.status, wrong.json.code, wrong.json.field],
    [422, "store.registration_no_invalid", "businessRegistrationNo"],
  );
});

test("without a token or with another role nothing of a seller's or an operator's can be done", async () => {
  const id = "str_01jd7x0000000000000000stre";
  for (const { operation } of app.app.handlers.filter(({ operation }) => Array.isArray(operation.access))) {
    const url = operation.path.replace(":storeId", id);
    const body = operation.method === "GET" ? undefined : {};
    const method = operation.method as "GET";
    assert.equal((await send(method, url, undefined, body)).status, 401, operation.name);
    assert.equal((await send(method, url, "buyer", body)).status, 403, operation.name);
  }
  assert.equal((await send("POST", `/operator/stores/${id}/approval`, "seller", {})).status, 403);
  assert.equal((await send("GET", `/internal/stores/${id}`, "operator")).status, 404);
});

test("what does not fit the contract is refused by its field, before anything is decided", async () => {
  const good = { name: "이름", kind: "FOOD" };
  const bad: [object, string][] = [
    [{ kind: "FOOD" }, "name"],
    [{ ...good, name: "" }, "name"],
    [{ ...good, name: "가".repeat(61) }, "name"],
    [{ ...good, name: "\u0000" }, "name"],
    [{ ...good, kind: "CARS" }, "kind"],
    [{ ...good, minOrder: -1 }, "minOrder"],
    [{ ...good, minOrder: 1e308 }, "minOrder"],
    [{ ...good, minOrder: "1000" }, "minOrder"],
    [{ ...good, categories: ["01", "02", "0101", "0102"] }, "categories"],
    [{ ...good, hours: [{ opensAt: -1, closesAt: 10 }] }, "hours.0.opensAt"],
    [{ ...good, holidays: ["tomorrow"] }, "holidays.0"],
    [{ ...good, deliveryAreas: [{ area: "강남", fee: 0 }] }, "deliveryAreas.0.area"],
    [{ ...good, fulfilments: ["DRONE"] }, "fulfilments.0"],
    [{ ...good, sellerId: "acc_01jd7x0000000000000000anna" }, "sellerId"],
    [{ ...good, status: "APPROVED" }, "status"],
  ];
  for (const [body, field] of bad) {
    const { status, json } = await send("POST", "/stores", "seller", body);
    assert.deepEqual([status, json.field], [400, field], JSON.stringify(body));
  }
  assert.equal((await send("GET", "/stores/itm_01jd7x0000000000000000jtem")).status, 400);
  assert.equal((await send("GET", "/stores?limit=101")).status, 400);
});
