import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { changeCartLine, getCart, readCartForOrder } from "#contracts/cart/operations.ts";
import { createItem, editItem, listMyItems } from "#contracts/catalog/operations.ts";
import * as orders from "#contracts/order/operations.ts";
import * as sellers from "#contracts/order/seller-operations.ts";
import { confirmPayment, listPayments, returnFromGateway } from "#contracts/payment/buyer-operations.ts";
import { listStoreStock } from "#contracts/stock/operations.ts";
import { listMyStores } from "#contracts/store/operations.ts";
import type { Operation } from "#platform/core/operation.ts";
import { allServices } from "../services.ts";
import type { Input } from "./client.ts";
import { fingerprint } from "./fingerprint.ts";
import { policyOf } from "./policy.ts";
import { itemContent } from "./policy-goods.ts";
import type { As } from "./tokens.ts";
import { authorize, basketOf, newItem, openTown, place, placePaid, placing, putIntoCart, type Town } from "./town.ts";

const operations = allServices.flatMap((service) => service.operations.map(({ operation }) => operation));
const owned = operations.filter((operation) => policyOf(operation).whose === "owner");
let town: Town;
before(async () => {
  town = await openTown();
});
after(() => town.close());

const ID = /^[a-z]{3}_[0-9a-z]{26}$/;

function rivalsOf({ access }: Operation): As[] {
  const { otherBuyer, otherSeller } = town;
  return [access.includes("BUYER" as never) && otherBuyer, access.includes("SELLER" as never) && otherSeller].filter(
    (one) => one !== false,
  );
}

/** The same call with ids of the same kinds that nobody has. */
function withNobodysIds(input: Input): Input {
  const nobodys = (value: unknown) =>
    typeof value === "string" && ID.test(value) ? `${value.slice(0, 4)}${"7".repeat(26)}` : value;
  const changed = Object.entries(input).map(([name, value]) => [name, nobodys(value)]);
  return { ...Object.fromEntries(changed), ...("orderNo" in input ? { orderNo: "없는 번호" } : {}) };
}

for (const service of allServices) {
  const own = owned.filter((operation) => operation.service === service.name);
  if (own.length === 0) continue;
  test(`${service.name}: what is another's is not there: 404 as for nothing at all, and nothing changes`, async () => {
    for (const operation of own) {
      const { good } = policyOf(operation);
      assert.ok(typeof good === "function", operation.name);
      const { input, as } = await good(town);
      await town.settle();
      const before = await fingerprint(town);
      for (const rival of rivalsOf(operation)) {
        const { status, code, body } = await town.ask(operation, input, rival);
        assert.equal(status, 404, `${operation.name} as ${rival.name}: ${JSON.stringify(body)}`);
        const nothing = await town.ask(operation, withNobodysIds(input), rival);
        const same = [nothing.status, nothing.code, nothing.body.detail];
        assert.deepEqual(same, [status, code, body.detail], `${operation.name} tells what is there from what is not`);
      }
      await town.settle();
      assert.equal(await fingerprint(town), before, `${operation.name} changed something for another`);
      // The call itself was good: its owner can make it.
      await town.done(operation, input, as);
    }
  });
}

/** Asks for what must not be there, and that nothing changed. */
async function isNotThere(operation: Operation, input: Input, as: As, codes: readonly string[], status = 404) {
  await town.settle();
  const before = await fingerprint(town);
  const answer = await town.ask(operation, input, as);
  assert.ok(codes.includes(String(answer.code)), `${operation.name}: ${JSON.stringify(answer.body)}`);
  assert.equal(answer.status, status, operation.name);
  await town.settle();
  assert.equal(await fingerprint(town), before, operation.name);
}

test("an id of another's inside a call of one's own is not there either", async () => {
  const { buyer, otherBuyer, seller, otherSeller } = town;
  const mine = await placePaid(town);
  const theirs = await placePaid(town, town.otherFood, otherBuyer);
  const mixed = { orderId: mine.orderId, storeOrderId: theirs.storeOrderId };
  for (const [as, move] of [
    [seller, sellers.acceptStoreOrder],
    [otherSeller, sellers.acceptStoreOrder],
    [buyer, orders.confirmPurchase],
  ] as const) {
    await isNotThere(move, mixed, as, ["order.not_found"]);
  }
  await isNotThere(orders.cancelOrder, { ...mixed, reason: "취소" }, buyer, ["order.not_found"]);
  const taken = { ...placing(town, town.otherFood), orderId: mine.orderId };
  await isNotThere(orders.placeOrder, taken, otherBuyer, ["order.not_found"]);
  const line = await putIntoCart(town);
  const { lines: _, ...basket } = basketOf(town.food);
  const fromCart = { cartLineIds: [line] };
  await isNotThere(orders.quoteOrder, { ...basket, fromCart }, otherBuyer, ["cart.line_not_found"]);
  const { lines: __, ...placed } = placing(town, town.food);
  await isNotThere(orders.placeOrder, { ...placed, fromCart }, otherBuyer, ["cart.line_not_found"]);
  await isNotThere(changeCartLine, { cartLineId: line, quantity: 9 }, otherBuyer, ["cart.line_not_found"]);
  const asked = { accountId: otherBuyer.accountId, cartLineIds: [line] };
  await isNotThere(readCartForOrder, asked, town.door.house(), ["cart.line_not_found"]);
});

test("an attempt at another's payment confirms nothing, nor does another's key at one's own", async () => {
  const { buyer, otherBuyer } = town;
  const mine = await authorize(town, await place(town));
  const theirs = await authorize(town, await place(town, town.otherFood, otherBuyer), otherBuyer);
  const codes = ["payment.attempt_not_found", "payment.not_found"];
  const mixed = { ...theirs, attemptId: mine.attemptId };
  await isNotThere(confirmPayment, mixed, otherBuyer, codes);
  await isNotThere(confirmPayment, { ...mine, attemptId: theirs.attemptId }, buyer, codes);
  await isNotThere(
    returnFromGateway,
    { ...mine, attemptId: theirs.attemptId, orderId: theirs.attemptId },
    buyer,
    codes,
  );
  await isNotThere(returnFromGateway, { ...mine, orderId: theirs.attemptId }, buyer, codes);
  const stolen = await town.ask(confirmPayment, { ...mine, paymentKey: theirs.paymentKey }, buyer);
  assert.notEqual(stolen.body.status, "APPROVED");
  const captured = [mine, theirs].map(({ attemptId }) =>
    JSON.stringify(town.door.gateways.toss.truth).includes(attemptId),
  );
  assert.deepEqual(captured, [false, false]);
});

test("an item takes no options of another's item, and no store takes another's item", async () => {
  const { seller, otherSeller, food, otherFood } = town;
  const theirs = await newItem(town, otherSeller, otherFood, { optionGroups: itemContent.optionGroups });
  const mine = await newItem(town, seller, food);
  const [group] = theirs.optionGroups;
  const [option] = group?.options ?? [];
  const optionGroups = [
    { ...itemContent.optionGroups[0], optionGroupId: group?.optionGroupId },
    { ...itemContent.optionGroups[0], options: [{ ...option }] },
  ].map((one) => [one]);
  for (const taken of optionGroups) {
    const edit = { itemId: mine.itemId, version: mine.version, ...itemContent, optionGroups: taken };
    await isNotThere(editItem, edit, seller, ["item.option_unknown"], 422);
    const create = { storeId: food.storeId, ...itemContent, optionGroups: taken };
    await isNotThere(createItem, create, seller, ["item.option_unknown"], 422);
  }
});

test("lists hold what is one's own and nothing else", async () => {
  const { buyer, otherBuyer, seller, otherSeller } = town;
  await placePaid(town);
  await placePaid(town, town.otherFood, otherBuyer);
  await putIntoCart(town);
  const seen = async (operation: Operation, as: As, input: Input = {}) =>
    JSON.stringify(
      await town.done(operation, { ...("limit" in operation.input.properties && { limit: 100 }), ...input }, as),
    );
  const ids = (text: string) => new Set(text.match(/(?:ord|pay|str|itm|cln|sto)_[0-9a-z]{26}/g));
  for (const [operation, one, other] of [
    [orders.listOrders, buyer, otherBuyer],
    [listPayments, buyer, otherBuyer],
    [listMyStores, seller, otherSeller],
  ] as const) {
    const mine = ids(await seen(operation, one));
    const theirs = ids(await seen(operation, other));
    assert.ok(mine.size > 0 && theirs.size > 0, operation.name);
    assert.ok(mine.isDisjointFrom(theirs), operation.name);
  }
  assert.ok(!(await seen(getCart, otherBuyer)).includes("cln_"));
  const stores = [
    [seller, town.food.storeId, town.otherFood.storeId],
    [otherSeller, town.otherFood.storeId, town.food.storeId],
  ] as const;
  for (const [as, own, foreign] of stores) {
    for (const operation of [sellers.listStoreOrders, sellers.getKitchen, listMyItems, listStoreStock]) {
      assert.ok(!(await seen(operation, as, { storeId: own })).includes(foreign), operation.name);
    }
  }
});

test("a seller sees of an order the own part alone, and the buyer's address only there", async () => {
  const { orderId } = await placePaid(town, town.goods);
  const part = await town.done(orders.getOrder, { orderId }, town.seller);
  assert.deepEqual(
    part.storeOrders.map(({ storeId }) => storeId),
    [town.goods.storeId],
  );
  assert.equal((await town.ask(orders.getOrder, { orderId }, town.otherSeller)).status, 404);
});
