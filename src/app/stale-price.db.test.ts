import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { addCartLine, getCart, markNoticesSeen } from "#contracts/cart/operations.ts";
import { editItem, readMyItem } from "#contracts/catalog/operations.ts";
import * as orders from "#contracts/order/operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import type { Caller } from "#platform/core/operation.ts";
import type { Boundary } from "#platform/facts/boundary.ts";
import type { TestApp } from "#platform/testing/app.ts";
import * as markets from "./testing/market.ts";

const { done, newBuyer, openStall, orderInput, payWithToss, putItem, startGateways, startMarket } = markets;

/** Holds the news of items back from the order's own view while it is shut. */
function gate() {
  let open = Promise.resolve();
  let release = () => {};
  const boundary: Boundary = async ({ kind, name }, run) => {
    if (kind === "deliver" && name === "catalog>order/known:item.changed.v1") await open;
    return run();
  };
  return {
    boundary,
    shut() {
      const { promise, resolve } = Promise.withResolvers<void>();
      open = promise;
      release = resolve;
    },
    open: () => release(),
  };
}

const news = gate();
let gateways: markets.Gateways;
let market: TestApp;
let stall: markets.Stall;
before(async () => {
  gateways = await startGateways();
  market = await startMarket(gateways, { boundary: news.boundary });
  stall = await openStall(market, "FOOD", "마당분식");
});
after(async () => {
  news.open();
  await market.close();
  await gateways.close();
});

async function reprice(itemId: string, basePrice: number): Promise<number> {
  const { name, description, category, version } = done(await market.call(readMyItem, { itemId }, stall.owner));
  const input = { itemId, version, name, description, category, basePrice, optionGroups: [] };
  return done(await market.call(editItem, input, stall.owner)).version;
}

const one = (itemId: string, total: number) =>
  orderInput(market, { stalls: [stall], lines: [{ itemId, quantity: 1 }], total });

async function chargedFor(order: { paymentId?: string | undefined; payable: number }, who: Caller) {
  const { captured } = gateways.toss.truth.totals();
  done(await payWithToss(market, gateways, order, who));
  return gateways.toss.truth.totals().captured - captured;
}

test("a price that changed after it was shown is refused with the new quote, and that is charged", async () => {
  const itemId = await putItem(market, stall, "칼국수", 8000);
  const who = newBuyer(market);
  await reprice(itemId, 9000);
  await market.settle();
  const answer = await market.call(orders.placeOrder, one(itemId, 8000), who);
  assert.ok(isRefusal(answer));
  assert.equal(answer.refused, "order.price_changed");
  const { quote } = answer.details as { quote: { payable: number } };
  assert.equal(quote.payable, 9000);
  assert.deepEqual(done(await market.call(orders.listOrders, {}, who)).orders, []);
  const placed = done(await market.call(orders.placeOrder, one(itemId, quote.payable), who));
  assert.equal(await chargedFor(placed, who), 9000);
});

test("a price that changes after the order is placed changes nothing: what was shown is charged", async () => {
  const itemId = await putItem(market, stall, "비빔국수", 8000);
  const who = newBuyer(market);
  const placed = done(await market.call(orders.placeOrder, one(itemId, 8000), who));
  await reprice(itemId, 12_000);
  await market.settle();
  assert.equal(await chargedFor(placed, who), 8000);
});

test("an order whose view lags behind what the buyer was shown asks catalog, and charges what was shown", async () => {
  const itemId = await putItem(market, stall, "만둣국", 8000);
  const who = newBuyer(market);
  news.shut();
  const itemVersion = await reprice(itemId, 9500);
  const { lines = [], ...rest } = one(itemId, 9500);
  const shown = { ...rest, lines: lines.map((line) => ({ ...line, itemVersion })) };
  const placed = done(await market.call(orders.placeOrder, shown, who));
  news.open();
  assert.equal(await chargedFor(placed, who), 9500);
});

test("a cart that knows the new price is ordered at it, also while the order's own view lags", async () => {
  const itemId = await putItem(market, stall, "떡국", 8000);
  const who = newBuyer(market);
  done(await market.call(addCartLine, { itemId, optionIds: [], quantity: 1 }, who));
  news.shut();
  await reprice(itemId, 8800);
  const { handovers } = one(itemId, 0);
  const basket = { fromCart: {}, handovers };
  const seen = await untilNoticed(who);
  const unseen = await market.call(orders.quoteOrder, basket, who);
  assert.ok(isRefusal(unseen) && unseen.refused === "cart.unseen_changes");
  done(await market.call(markNoticesSeen, { noticeIds: seen }, who));
  const quote = done(await market.call(orders.quoteOrder, basket, who));
  assert.equal(quote.payable, 8800);
  const wish = { ...basket, orderId: market.app.ids.make("order"), expectedTotal: quote.payable };
  const placed = done(await market.call(orders.placeOrder, wish, who));
  news.open();
  assert.equal(await chargedFor(placed, who), 8800);
});

/** The cart hears of the new price in its own time. */
async function untilNoticed(who: Caller): Promise<string[]> {
  for (;;) {
    const { notices } = done(await market.call(getCart, {}, who));
    if (notices.length > 0) return notices.map((notice) => notice.noticeId);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
