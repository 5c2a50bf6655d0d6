import assert from "node:assert/strict";
import { after, test } from "node:test";
import * as orders from "#contracts/order/operations.ts";
import * as sellers from "#contracts/order/seller-operations.ts";
import type { Caller } from "#platform/core/operation.ts";
import type { TestApp } from "#platform/testing/app.ts";
import { allServices } from "./services.ts";
import * as markets from "./testing/market.ts";

// One script of 2,000 operations, once with all services on the memory bus and once over Kafka: the same facts per
// stream, and the same rows, whatever the order in which the services have heard of each other.

const stops: (() => Promise<void>)[] = [];
after(async () => {
  for (const stop of stops.toReversed()) await stop();
});

const ORDERS = 460;
const AT_ONCE = 12;

type Move = (deal: Deal) => Promise<unknown>;
interface Deal {
  readonly market: TestApp;
  readonly gateways: markets.Gateways;
  readonly who: Caller;
  readonly stalls: readonly markets.Stall[];
  readonly orderId: string;
  readonly placed: () => Awaited<ReturnType<typeof place>>;
  readonly count: () => void;
}

async function place(market: TestApp, basket: markets.Basket, orderId: string, who: Caller) {
  const input = { ...markets.orderInput(market, basket), orderId };
  return markets.done(await market.call(orders.placeOrder, input, who));
}

const part = ({ placed, stalls }: Deal, nth = 0) => {
  const { orderId, storeOrders } = placed();
  const storeOrderId = storeOrders.find(({ storeId }) => storeId === stalls[nth]?.storeId)?.storeOrderId ?? "";
  return { orderId, storeOrderId };
};
const pay: Move = async ({ market, gateways, placed, who, count }) => {
  count();
  return markets.done(await markets.payWithToss(market, gateways, placed(), who));
};
const cancel: Move = async (deal) => {
  const reason = "마음이 바뀌었어요";
  return markets.done(await deal.market.call(orders.cancelOrder, { orderId: deal.orderId, reason }, deal.who));
};
type Step = Parameters<TestApp["call"]>[0];
const seller =
  (step: Step, more: object = {}, nth = 0): Move =>
  async (deal) =>
    markets.done(
      await deal.market.call(step, { ...part(deal, nth), ...more } as never, deal.stalls[nth]?.owner as Caller),
    );
const confirm: Move = async (deal) =>
  markets.done(await deal.market.call(orders.confirmPurchase, part(deal), deal.who));

const cook = [sellers.acceptStoreOrder, sellers.prepareStoreOrder, sellers.readyStoreOrder, sellers.handOverStoreOrder];
const sent = { carrier: "마당택배", trackingNo: "1234" };
const toTheDoor = [
  seller(sellers.prepareStoreOrder),
  seller(sellers.shipStoreOrder, sent),
  seller(sellers.deliverStoreOrder),
];
const refused = { reason: "재료 소진" };
/** What becomes of an order after it is placed; the stalls are the food's, or the two of goods. */
const plots: readonly {
  readonly on: "food" | "goods" | "two";
  readonly moves: readonly Move[];
  readonly end: string;
}[] = [
  { on: "food", moves: [cancel], end: "CANCELLED" },
  { on: "food", moves: [pay, ...cook.map((step) => seller(step))], end: "COMPLETED" },
  { on: "food", moves: [pay, seller(sellers.rejectStoreOrder, refused)], end: "CANCELLED" },
  { on: "goods", moves: [pay, ...toTheDoor, confirm], end: "COMPLETED" },
  { on: "food", moves: [pay, cancel], end: "CANCELLED" },
  { on: "two", moves: [pay, ...toTheDoor, seller(sellers.rejectStoreOrder, refused, 1), confirm], end: "COMPLETED" },
];

async function inTurns<Item>(items: readonly Item[], run: (item: Item) => Promise<unknown>): Promise<void> {
  const queue = [...items];
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await run(item);
  });
  await Promise.all(workers);
}

async function play(bus: "memory" | "kafka") {
  const gateways = await markets.startGateways();
  stops.push(() => gateways.close());
  const limits = { batch: { leaseMs: 30_000 }, work: { leaseMs: 30_000 } };
  const market = await markets.startMarket(gateways, { ...limits, ...(bus === "kafka" ? { bus: {} } : {}) });
  stops.push(() => market.close());
  let operations = 0;
  const count = () => {
    operations += 1;
  };
  const food = await markets.openStall(market, "FOOD", "마당분식");
  const clay = await markets.openStall(market, "GOODS", "흙과 불");
  const tea = await markets.openStall(market, "GOODS", "차 한 잔");
  const rice = await markets.putItem(market, food, "떡볶이", 9_000);
  const bowl = await markets.putItem(market, clay, "밥그릇", 18_000, 10_000);
  const citron = await markets.putItem(market, tea, "유자차", 15_000, 10_000);
  const baskets = {
    food: { stalls: [food], lines: [{ itemId: rice, quantity: 2 }], total: 18_000 },
    goods: { stalls: [clay], lines: [{ itemId: bowl, quantity: 1 }], total: 20_500 },
    two: { stalls: [clay, tea], lines: [bowl, citron].map((itemId) => ({ itemId, quantity: 1 })), total: 38_000 },
  };
  const deals = Array.from({ length: ORDERS }, (_, n) => {
    const plot = plots[n % plots.length] as (typeof plots)[number];
    const [who, orderId] = [markets.newBuyer(market), market.app.ids.make("order")];
    let made: Awaited<ReturnType<typeof place>> | undefined;
    const placed = () => made as NonNullable<typeof made>;
    const deal: Deal = { market, gateways, who, orderId, placed, count, stalls: baskets[plot.on].stalls };
    const begin = async () => {
      made = await place(market, baskets[plot.on], orderId, who);
    };
    return { deal, plot, begin };
  });
  await inTurns(deals, async ({ begin }) => {
    count();
    await begin();
  });
  await market.settle();
  for (let nth = 0; nth < 6; nth++) {
    await inTurns(deals, async ({ deal, plot }) => {
      const move = plot.moves[nth];
      if (!move) return;
      count();
      await move(deal);
    });
    await market.settle();
  }
  for (const { deal, plot } of deals) await reaches(deal, plot.end);
  await market.settle();
  return { operations, ...(await wholeOf(market)) };
}

async function reaches({ market, orderId, who }: Deal, status: string): Promise<void> {
  const isOver = (order: { status: string; storeOrders: readonly { status: string; refunded?: number }[] }) =>
    order.status === status && order.storeOrders.every((one) => one.status !== "REJECTED" || (one.refunded ?? 0) > 0);
  for (let tries = 0; ; tries++) {
    const order = markets.done(await market.call(orders.getOrder, { orderId }, who));
    if (isOver(order)) return;
    assert.ok(tries < 400, `${orderId} is ${JSON.stringify(order)}, not ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** What is made by chance or by the clock is named by its kind: the rest must be the same. */
function plain(value: unknown): string {
  return JSON.stringify(value)
    .replace(/\b[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}/g, (id) => id.slice(0, 3))
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "at")
    .replace(/\d{4}-\d\d-\d\d/g, "day")
    .replace(/tgen_\w+/g, "tgen")
    .replace(/http:..127\.0\.0\.1:\d+/g, "gateway")
    .replace(/[0-9A-F]{32}/g, "transaction")
    .replace(/\b\d{10}\b/g, "registration")
    .replace(/"(durationMs|secretHash)":[^,}]+/g, "chance")
    .replace(/\d{6}-[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}/g, "number");
}

function tallied(lines: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of lines.toSorted()) counts[line] = (counts[line] ?? 0) + 1;
  return counts;
}

async function wholeOf(market: TestApp) {
  const facts: string[] = [];
  const rows: string[] = [];
  // Nothing of the script is about identity, whose keys are made by chance.
  for (const { name } of allServices.filter((service) => service.name !== "identity")) {
    type Stream = { stream: string; history: readonly unknown[] };
    const streams = await market.adminSql<Stream>(
      `select f.stream, json_agg(json_build_array(f.type, f.data) order by f.version) as history
       from "${name}".facts f group by f.stream`,
    );
    facts.push(...streams.map(({ stream, history }) => `${name} ${plain(stream)} ${plain(history)}`));
    const states = await market.adminSql<{ key: string; version: number; data: unknown }>(
      `select s.key, s.version, s.data from "${name}".states s`,
    );
    rows.push(...states.map(({ key, version, data }) => `${name} ${plain(key)} ${version} ${plain(data)}`));
  }
  const balances = await market.adminSql<{ account: string }>("select b.* from wallet.balances b");
  rows.push(...balances.map((row) => plain(row)));
  return { facts: tallied(facts), rows: tallied(rows) };
}

test("2,000 operations end in the same facts per stream and the same rows on both buses", async (t) => {
  const memory = await play("memory");
  const kafka = await play("kafka");
  t.diagnostic(`${memory.operations} operations, ${Object.keys(memory.facts).length} different histories`);
  assert.ok(memory.operations >= 2_000, `${memory.operations}`);
  assert.deepEqual(kafka.operations, memory.operations);
  assert.deepEqual(kafka.facts, memory.facts);
  assert.deepEqual(kafka.rows, memory.rows);
});
