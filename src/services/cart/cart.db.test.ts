import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as contract from "#contracts/cart/operations.ts";
import { itemChanged } from "#contracts/catalog/events.ts";
import { orderPlaced } from "#contracts/order/events.ts";
import { stockAvailability } from "#contracts/stock/events.ts";
import { storeChanged } from "#contracts/store/events.ts";
import { isRefusal, type Refusal } from "#platform/core/decision.ts";
import type { EventData } from "#platform/core/event.ts";
import type { Instant } from "#platform/core/time.ts";
import { startApp, type TestApp } from "#platform/testing/app.ts";
import { turnableClock } from "#platform/testing/clock.ts";
import { buyer, service, withKey } from "#platform/testing/people.ts";
import { cart } from "./service.ts";

const snack = "str_01jd7x0000000000000000sn01";
const noodle = "str_01jd7x000000000000000n0d01";
const shirts = "str_01jd7x0000000000000000sh01";
const cups = "str_01jd7x0000000000000000cp01";
const food = { ...itemChanged.example, storeId: snack };
const goods = { ...food, kind: "GOODS" as const, basePrice: 20_000, optionGroups: [] };
const items = {
  stew: { ...food, itemId: "itm_01jd7x0000000000000000st01", optionGroups: [], name: "김치찌개" },
  soup: { ...food, itemId: "itm_01jd7x0000000000000000sp01", optionGroups: [], storeId: noodle, name: "잔치국수" },
  shirt: { ...goods, itemId: "itm_01jd7x0000000000000000sh01", storeId: shirts, name: "티셔츠" },
  cup: { ...goods, itemId: "itm_01jd7x0000000000000000cp01", storeId: cups, name: "컵" },
};
const foodStore: EventData<typeof storeChanged> = { ...storeChanged.example, storeId: snack, hours: [], holidays: [] };
const versions = new Map<string, number>();
const order = service("order");
let app: TestApp;
let people = 0;

before(async () => {
  app = await startApp({ services: [cart], clock: turnableClock("2026-11-16T03:00:00.000Z" as Instant) });
  tellStore(snack, { minOrder: 12_000 });
  tellStore(noodle, { name: "국숫집" });
  tellStore(shirts, { kind: "GOODS", name: "옷가게", deliveryAreas: [{ area: "ALL", fee: 2_500 }] });
  tellStore(cups, { kind: "GOODS", name: "그릇가게" });
  for (const item of Object.values(items)) tellItem(item);
  await app.settle();
});
after(() => app.close());

function next(id: string): number {
  versions.set(id, (versions.get(id) ?? 0) + 1);
  return versions.get(id) ?? 1;
}

function tellStore(storeId: string, change: Partial<typeof foodStore>) {
  app.say(storeChanged, storeId, { ...foodStore, ...change, storeId, version: next(storeId) });
}

function tellItem(item: EventData<typeof itemChanged>) {
  app.say(itemChanged, item.itemId, { ...item, version: next(item.itemId) });
}

function someone() {
  return buyer(`acc_01jd7x000000000000000000${String(++people).padStart(2, "0")}`);
}

function done<Answer>(answer: Answer): Exclude<Answer, Refusal> {
  assert.ok(!isRefusal(answer), JSON.stringify(answer));
  return answer as Exclude<Answer, Refusal>;
}

function code(answer: unknown): string {
  return isRefusal(answer) ? answer.refused : "done";
}

function add(who: ReturnType<typeof someone>, itemId: string, quantity = 1) {
  return app.call(contract.addCartLine, { itemId, optionIds: [], quantity }, who);
}

async function forOrder(who: ReturnType<typeof someone>, cartLineIds?: string[]) {
  const input = { accountId: who.id ?? "", ...(cartLineIds ? { cartLineIds } : {}) };
  return app.call(contract.readCartForOrder, input, order);
}

test("a cart is priced by the server and belongs to its buyer alone", async () => {
  const [mine, other] = [someone(), someone()];
  done(await add(mine, items.stew.itemId, 2));
  const shown = done(await app.call(contract.getCart, { area: "1168010100" }, mine));
  const [store] = shown.baskets[0]?.stores ?? [];
  assert.deepEqual([store?.itemsTotal, store?.shortOfMinOrder, store?.deliveryFee], [18_000, 0, 3_000]);
  assert.deepEqual(done(await app.call(contract.getCart, {}, other)), { baskets: [], notices: [] });
  const { cartLineId = "" } = store?.lines[0] ?? {};
  assert.equal(
    code(await app.call(contract.changeCartLine, { cartLineId, quantity: 9 }, other)),
    "cart.line_not_found",
  );
  assert.equal(code(await app.call(contract.removeCartLine, { cartLineId }, other)), "cart.line_not_found");
  assert.equal(code(await forOrder(other, [cartLineId])), "cart.line_not_found");
  assert.equal(code(await forOrder(other)), "cart.empty");
  assert.equal(code(await add(mine, "itm_01jd7x00000000000000000n0n")), "cart.item_not_found");
});

test("food of another store asks before it replaces; goods of two sellers stay", async () => {
  const who = someone();
  for (const { itemId } of [items.stew, items.shirt, items.cup]) done(await add(who, itemId));
  const refused = await add(who, items.soup.itemId);
  assert.deepEqual(refused, { refused: "cart.other_store", details: { store: "마당분식" } });
  const input = { itemId: items.soup.itemId, optionIds: [], quantity: 1, replace: true };
  const replaced = done(await app.call(contract.addCartLine, input, who));
  assert.deepEqual(
    replaced.baskets.map(({ kind, stores }) => [kind, stores.map((store) => store.storeName)]),
    [
      ["FOOD", ["국숫집"]],
      ["GOODS", ["옷가게", "그릇가게"]],
    ],
  );
  const cleared = done(await app.call(contract.clearCart, { kind: "FOOD" }, who));
  assert.deepEqual(
    cleared.baskets.map((basket) => basket.kind),
    ["GOODS"],
  );
  assert.deepEqual(done(await app.call(contract.clearCart, {}, who)).baskets, []);
});

test("the same addition again adds nothing", async () => {
  const who = withKey(someone(), contract.addCartLine, "twice");
  done(await add(who, items.cup.itemId, 3));
  const again = done(await add(who, items.cup.itemId, 3));
  assert.equal(again.baskets[0]?.stores[0]?.lines[0]?.quantity, 3);
});

test("what was collected before signing in joins once, however often it is sent", async () => {
  const who = someone();
  done(await add(who, items.cup.itemId));
  const gone = "itm_01jd7x00000000000000000n0n";
  const lines = [items.cup.itemId, items.shirt.itemId, gone].map((itemId) => ({ itemId, optionIds: [], quantity: 2 }));
  const caller = withKey(who, contract.joinCart, "login");
  const joined = done(await app.call(contract.joinCart, { lines }, caller));
  assert.deepEqual(joined.leftOut, [{ itemId: gone, code: "cart.item_not_found" }]);
  const again = done(await app.call(contract.joinCart, { lines }, caller));
  assert.deepEqual(again.baskets, joined.baskets);
  assert.equal(again.baskets[0]?.itemsTotal, 100_000);
});

test("a price change is told once, and no order is placed before it is seen", async () => {
  const who = someone();
  done(await add(who, items.cup.itemId));
  done(await add(who, items.shirt.itemId));
  tellItem({ ...items.cup, basePrice: 21_000 });
  await app.settle();
  const shown = done(await app.call(contract.getCart, {}, { ...who, locale: "en" }));
  assert.deepEqual(
    shown.notices.map(({ code, text }) => [code, text]),
    [["PRICE_CHANGED", "The price went from 20,000 to 21,000 won: 컵"]],
  );
  assert.deepEqual(await forOrder(who), { refused: "cart.unseen_changes", details: { count: 1 } });
  const shirtLine = shown.baskets[0]?.stores.find((store) => store.storeId === shirts)?.lines[0]?.cartLineId ?? "";
  assert.equal(code(await forOrder(who, [shirtLine])), "done");
  const noticeIds = shown.notices.map((notice) => notice.noticeId);
  const seen = done(await app.call(contract.markNoticesSeen, { noticeIds }, who));
  assert.deepEqual(seen.notices, []);
  assert.equal(done(await forOrder(who)).lines.length, 2);
  tellItem(items.cup);
  await app.settle();
});

test("a suspended store, its closing for the night and sold-out stock reach the cart", async () => {
  const who = someone();
  done(await add(who, items.soup.itemId));
  const codes = async () => done(await app.call(contract.getCart, {}, who)).notices.map((notice) => notice.code);
  tellStore(noodle, { name: "국숫집", status: "SUSPENDED" });
  await app.settle();
  assert.deepEqual(await codes(), ["STORE_GONE"]);
  assert.equal(code(await forOrder(who)), "cart.unseen_changes");
  assert.equal(code(await add(someone(), items.soup.itemId)), "cart.item_not_found");
  tellStore(noodle, { name: "국숫집", hours: [{ opensAt: 1080, closesAt: 1320 }] });
  await app.settle();
  assert.deepEqual(await codes(), ["STORE_CLOSED"]);
  tellStore(noodle, { name: "국숫집" });
  app.say(stockAvailability, items.soup.itemId, { skuId: items.soup.itemId, soldOut: true });
  await app.settle();
  assert.deepEqual(await codes(), ["SOLD_OUT"]);
  app.say(stockAvailability, items.soup.itemId, { skuId: items.soup.itemId, soldOut: false });
  await app.settle();
  assert.deepEqual(await codes(), []);
});

test("an order takes its lines out of the cart, the rest stays; the same event again changes nothing", async () => {
  const who = someone();
  const buyerId = who.id ?? "";
  done(await add(who, items.shirt.itemId));
  const both = done(await add(who, items.cup.itemId, 2));
  const lines = both.baskets[0]?.stores.flatMap((store) => store.lines) ?? [];
  const [shirtLine, cupLine] = lines;
  assert.ok(shirtLine && cupLine);
  const placed = { ...orderPlaced.example, buyerId, cartLineIds: [shirtLine.cartLineId] };
  for (let time = 0; time < 2; time++) {
    app.say(orderPlaced, placed.orderId, placed);
    await app.settle();
    assert.deepEqual(done(await forOrder(who)).lines, [
      { cartLineId: cupLine.cartLineId, itemId: items.cup.itemId, optionIds: [], quantity: 2, itemVersion: 3 },
    ]);
  }
  app.say(orderPlaced, placed.orderId, { ...placed, cartLineIds: [cupLine.cartLineId] });
  await app.settle();
  assert.equal(code(await forOrder(who)), "cart.empty");
  assert.deepEqual(await app.sql("cart", "select key from states where key = $1", [`cart:${buyerId}`]), []);
});

test("a cart survives a restart, with what it has seen", async () => {
  const who = someone();
  done(await add(who, items.stew.itemId));
  const again = await startApp({ services: [cart], database: app.database, clock: app.clock });
  try {
    const shown = done(await again.call(contract.getCart, {}, who));
    assert.deepEqual([shown.baskets[0]?.itemsTotal, shown.notices], [9_000, []]);
  } finally {
    await again.close();
  }
});
