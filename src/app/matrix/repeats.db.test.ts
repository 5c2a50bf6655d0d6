import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { placeOrder } from "#contracts/order/operations.ts";
import { createStore } from "#contracts/store/operations.ts";
import type { Operation } from "#platform/core/operation.ts";
import { inputPlaces } from "#platform/http/schema.ts";
import { allServices } from "../services.ts";
import type { Heard, Input } from "./client.ts";
import { fingerprint } from "./fingerprint.ts";
import { type Good, policyOf } from "./policy.ts";
import { newName, openTown, placing, type Town } from "./town.ts";

const operations = allServices.flatMap((service) => service.operations.map(({ operation }) => operation));
const keyed = operations.filter(({ idempotency }) => idempotency === "key");
let town: Town;
before(async () => {
  town = await openTown();
});
after(() => town.close());

/** Ids and amounts of an answer, wherever they stand: what a repeat must tell again. */
function idsAndAmounts(value: unknown, name = ""): string[] {
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([inner, one]) => idsAndAmounts(one, Array.isArray(value) ? name : inner));
  }
  // What is refunded grows by itself, also between a request and its repeat.
  const isTold = /(Id|No|kid)$/.test(name) || (typeof value === "number" && !name.startsWith("refunded"));
  return isTold ? [`${name}=${value}`] : [];
}

/** Another body: what the policy says, or another value in its first free text or number. */
function otherBody({ input, other }: Good, operation: Operation): Input | undefined {
  if (typeof other === "string") return undefined;
  if (other !== undefined) return { ...input, ...other };
  for (const name of inputPlaces(operation).body) {
    const value = input[name];
    const { pattern, enum: values } = operation.input.properties[name] as { pattern?: string; enum?: unknown };
    if (typeof value === "number") return { ...input, [name]: value + 1 };
    if (typeof value === "string" && pattern === undefined && values === undefined) {
      return { ...input, [name]: `${value} 2` };
    }
  }
  return undefined;
}

async function commandsOf(service: string): Promise<number> {
  const [row] = await town.door.market.adminSql<{ count: string }>(`select count(*) from "${service}".commands`);
  return Number(row?.count);
}

for (const service of allServices) {
  const own = keyed.filter((operation) => operation.service === service.name);
  test(`${service.name}: the same key again is one effect and the same answer, with another body a refusal`, async () => {
    for (const operation of own) {
      const { good } = policyOf(operation);
      if (typeof good === "string") continue;
      const made = await good(town);
      const { input, as } = made;
      await town.settle();
      const unkeyed = await town.ask(operation, input, as, { key: null });
      assert.deepEqual([unkeyed.status, unkeyed.code], [400, "request.key_missing"], operation.name);
      const more = { key: `repeated-${operation.name}` };
      const first = await town.done(operation, input, as, more);
      await town.settle();
      const before = [await fingerprint(town, [service]), await commandsOf(service.name)];
      const again = await town.done(operation, input, as, more);
      assert.deepEqual(idsAndAmounts(again), idsAndAmounts(first), operation.name);
      const another = otherBody(made, operation);
      if (another !== undefined) {
        const refused = await town.ask(operation, another, as, more);
        assert.deepEqual([refused.status, refused.code], [422, "request.key_reused"], operation.name);
      } else if (made.other === undefined) {
        const { body } = inputPlaces(operation);
        assert.deepEqual(body, [], `${operation.name} has a body: its policy says what another one is`);
      }
      assert.deepEqual([await fingerprint(town, [service]), await commandsOf(service.name)], before, operation.name);
    }
  });
}

test("a key is a visible text of at most 200 characters, and nothing else", async () => {
  const input = { name: newName("키 가게"), kind: "FOOD" };
  for (const key of ["", " ", "a b", "키", "x".repeat(201), "a\tb"]) {
    const { status, code } = await town.ask(createStore, input, town.seller, { key });
    assert.deepEqual([status, code], [400, "request.key_invalid"], JSON.stringify(key));
  }
  await town.done(createStore, input, town.seller, { key: "x".repeat(200) });
});

test("a key is its owner's and its operation's: the same text of another is another command", async () => {
  const key = "the-same-for-both";
  const one = await town.done(createStore, { name: newName("가게"), kind: "FOOD" }, town.seller, { key });
  const other = await town.done(createStore, { name: newName("가게"), kind: "FOOD" }, town.otherSeller, { key });
  assert.notEqual(one.storeId, other.storeId);
});

test("a refused command leaves its key free: what was wrong may be put right", async () => {
  const key = "tried-twice";
  const taken = newName("있는 가게");
  await town.done(createStore, { name: taken, kind: "FOOD" }, town.otherSeller);
  const refused = await town.ask(createStore, { name: taken, kind: "FOOD" }, town.seller, { key });
  assert.equal(refused.code, "store.name_taken");
  await town.done(createStore, { name: newName("새 이름"), kind: "FOOD" }, town.seller, { key });
});

test("ten times the same order at once are one order", async () => {
  const input = placing(town, town.goods);
  const more = { key: "ten-at-once" };
  const before = await commandsOf("order");
  const answers = await Promise.all(Array.from({ length: 10 }, () => town.ask(placeOrder, input, town.buyer, more)));
  const isKnown = ({ status, code }: Heard) => status === 201 || code === "request.in_flight";
  assert.ok(answers.every(isKnown), JSON.stringify(answers.map(({ body }) => body)));
  assert.ok(answers.some(({ status }) => status === 201));
  await town.settle();
  const placed = (await commandsOf("order")) - before;
  const [stock] = await town.door.market.adminSql<{ held: number }>(
    `select count(*)::int as held from stock.facts where type = 'StockReserved' and stream = $1`,
    [input.orderId],
  );
  assert.ok(placed >= 1 && (stock?.held ?? 0) <= 1);
});
