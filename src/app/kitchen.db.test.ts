import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as orders from "#contracts/order/operations.ts";
import * as sellers from "#contracts/order/seller-operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import type { InputOf } from "#platform/core/operation.ts";
import { instant, plus, startOfBusinessDay } from "#platform/core/time.ts";
import type { TestApp } from "#platform/testing/app.ts";
import * as markets from "./testing/market.ts";

const { done, newBuyer, openStall, orderInput, payWithToss, putItem } = markets;
let gateways: markets.Gateways;
let market: TestApp;
let snacks: markets.Stall;
let itemId: string;
before(async () => {
  gateways = await markets.startGateways();
  market = await markets.startMarket(gateways);
  snacks = await openStall(market, "FOOD", "마당분식");
  itemId = await putItem(market, snacks, "라면", 5000);
});
after(async () => {
  await market.close();
  await gateways.close();
});

type Handover = InputOf<typeof orders.placeOrder>["handovers"][number];

/** A paid and accepted order; gives its id. */
async function accepted(handover: Partial<Handover> = {}): Promise<string> {
  const who = newBuyer(market);
  const input = orderInput(market, { stalls: [snacks], lines: [{ itemId, quantity: 1 }], total: 5000 });
  const handovers = input.handovers.map((one) => ({ ...one, ...handover }));
  const placed = done(await market.call(orders.placeOrder, { ...input, handovers }, who));
  done(await payWithToss(market, gateways, placed, who));
  await market.settle();
  const { orderId } = placed;
  const part = { orderId, storeOrderId: placed.storeOrders[0]?.storeOrderId ?? "" };
  done(await market.call(sellers.acceptStoreOrder, part, snacks.owner));
  await market.settle();
  return orderId;
}

async function board(): Promise<readonly string[]> {
  const { storeOrders } = done(await market.call(sellers.getKitchen, { storeId: snacks.storeId }, snacks.owner));
  return storeOrders.map((ticket) => ticket.orderId);
}

test("the kitchen's board is today's, and does not lose a ticket at midnight (G9)", async () => {
  // Ten minutes before midnight in Seoul.
  market.clock.set(plus(startOfBusinessDay(instant(Date.now())), { days: 1, minutes: -10 }));
  const late = await accepted({ note: "덜 맵게" });
  assert.deepEqual(await board(), [late]);
  market.clock.turn({ hours: 8 });
  const early = await accepted();
  assert.deepEqual(await board(), [late, early], "what came last night is still on the stove");
  market.clock.turn({ hours: 8 });
  assert.deepEqual(await board(), [early], "yesterday's forgotten ticket is off the board");
  market.clock.turn({ hours: 7, minutes: 30 });
  assert.deepEqual(await board(), [early], "all day long");
  market.clock.turn({ hours: 12 });
  assert.deepEqual(await board(), []);
});

test("an order to be fetched on another day is on that day's board, in the order of its time", async () => {
  const noon = plus(startOfBusinessDay(market.clock.now()), { days: 1, hours: 12 });
  market.clock.set(noon);
  const dayAfterNext = plus(noon, { days: 2 });
  const booked = await accepted({ pickupAt: plus(dayAfterNext, { hours: 5 }) });
  const now = await accepted();
  assert.deepEqual(await board(), [now]);
  market.clock.set(dayAfterNext);
  const next = await accepted();
  assert.deepEqual(await board(), [next, booked]);
  const { storeOrders } = done(await market.call(sellers.getKitchen, { storeId: snacks.storeId }, snacks.owner));
  assert.deepEqual(
    storeOrders.map(({ pickupAt }) => pickupAt),
    [undefined, plus(dayAfterNext, { hours: 5 })],
  );
});

test("a way of handing over for a store that is not ordered from, or said twice, is refused and kept nowhere", async () => {
  const other = await openStall(market, "FOOD", "할매찌개");
  const who = newBuyer(market);
  const input = orderInput(market, { stalls: [snacks], lines: [{ itemId, quantity: 1 }], total: 5000 });
  const own = input.handovers[0] as Handover;
  for (const second of [
    { ...own, storeId: other.storeId, note: "남의 가게" },
    { ...own, note: "두 번" },
  ]) {
    const answer = await market.call(orders.placeOrder, { ...input, handovers: [own, second] }, who);
    assert.ok(isRefusal(answer));
    assert.deepEqual([answer.refused, answer.field], ["order.handover_surplus", "handovers.1.storeId"]);
  }
  const rows = await market.sql("order", "select key from states where key like '%' || $1", [input.orderId]);
  assert.deepEqual(rows, []);
});
