import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import Value from "typebox/value";
import * as orders from "#contracts/order/operations.ts";
import * as sellers from "#contracts/order/seller-operations.ts";
import { watchKitchen, watchOrder, watchStoreOrders } from "#contracts/order/watch-operations.ts";
import { confirmPayment, startAttempt } from "#contracts/payment/buyer-operations.ts";
import type { Caller, WatchOperation } from "#platform/core/operation.ts";
import { createServer, type Server } from "#platform/http/server.ts";
import { type Watcher, watcher } from "#platform/http/watch/test-watch.ts";
import type { TestApp } from "#platform/testing/app.ts";
import { allServices } from "./services.ts";
import * as markets from "./testing/market.ts";

// Two processes on one database: what one of them commits, those who watch at the other must hear (K1, G9).
const { done, newBuyer, openStall, orderInput, payWithToss, putItem } = markets;
let gateways: markets.Gateways;
let market: TestApp;
let other: TestApp;
let doors: readonly { readonly server: Server; readonly url: string }[];
let stall: markets.Stall;
let itemId: string;
before(async () => {
  gateways = await markets.startGateways();
  market = await markets.startMarket(gateways);
  other = await markets.startMarket(gateways, { database: market.database });
  doors = await Promise.all([market, other].map(openDoor));
  stall = await openStall(market, "FOOD", "마당분식");
  itemId = await putItem(market, stall, "라면", 5000);
});
after(async () => {
  for (const { server } of doors) await server.close({ graceMs: 100 });
  await other.close();
  await market.close();
  await gateways.close();
});

/** Tokens are the ids of accounts and their role. */
async function openDoor({ app }: TestApp) {
  const nothing = () => undefined;
  const server = createServer({
    operations: app.handlers,
    problems: Object.assign({}, ...allServices.map(({ problems }) => problems)),
    verifyToken: (token) => {
      const [accountId = "", role = ""] = token.split(".");
      return { accountId, roles: [role as "BUYER"], sessionId: `ses_${accountId}` };
    },
    isRevoked: () => false,
    random: { bytes: randomBytes },
    monotonicMs: () => performance.now(),
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    limits: { rateFactor: 0, watchesByAccount: 1_000 },
    nowMs: () => Date.now(),
    feeds: app.feeds,
  });
  return { server, url: await server.listen({ host: "127.0.0.1", port: 0 }) };
}

interface Watching extends Watcher {
  /** The next ones as words: the name and the status of what they are about. */
  words(count: number): Promise<readonly string[]>;
}

/** Watches at the second process unless told. What is said is checked against the contract. */
async function watch(
  { path, says, output }: WatchOperation,
  id: string,
  who: Caller,
  { lastId, at = 1 }: { lastId?: string; at?: 0 | 1 } = {},
): Promise<Watching> {
  const response = await fetch(`${doors[at]?.url}${path.replace(/:\w+/, id)}`, {
    headers: {
      authorization: `Bearer ${who.id}.${who.roles[0]}`,
      ...(lastId === undefined ? {} : { "last-event-id": lastId }),
    },
  });
  assert.equal(response.status, 200);
  assert.ok(response.body);
  const heard = watcher(response.body);
  const next: Watcher["next"] = async (count = 1) => {
    const events = await heard.next(count);
    for (const { name, data } of events) {
      const contract = name === "open" || name === "reload" ? output : says[name];
      assert.ok(contract && Value.Check(contract, data), `${name} ${JSON.stringify(data)}`);
    }
    return events;
  };
  return {
    ...heard,
    next,
    words: async (count) =>
      (await next(count)).map(({ name, data }) => {
        const { status, ticket } = data as { status?: string; ticket?: { status: string } };
        return `${name} ${status ?? ticket?.status ?? ""}`.trim();
      }),
  };
}

/** What the next event is about. */
async function told<Data>(line: Watcher): Promise<Data> {
  const [event] = await line.next();
  assert.ok(event, "the line has ended");
  return event.data as Data;
}

async function place(who = newBuyer(market)) {
  const input = orderInput(market, { stalls: [stall], lines: [{ itemId, quantity: 1 }], total: 5000 });
  const order = done(await market.call(orders.placeOrder, input, who));
  const storeOrderId = order.storeOrders[0]?.storeOrderId ?? "";
  // What the other process does not know of yet it would tell, though the state at the opening holds it already.
  await other.app.feeds.get("order")?.poll();
  return { ...order, who, part: { orderId: order.orderId, storeOrderId } };
}

async function placePaid() {
  const order = await place();
  done(await payWithToss(market, gateways, order, order.who));
  await market.settle();
  await other.app.feeds.get("order")?.poll();
  return order;
}

test("a buyer hears each step of the order, from another process, with minutes and how it stands", async () => {
  const { part, who, orderId, ...order } = await place();
  const line = await watch(watchOrder, orderId, who);
  assert.deepEqual(await line.words(1), ["open PENDING_PAYMENT"]);
  done(await payWithToss(market, gateways, order, who));
  assert.deepEqual(await line.words(2), ["order PAID", "part PAID"]);
  done(await market.call(sellers.acceptStoreOrder, { ...part, estimatedMinutes: 25 }, stall.owner));
  type Accepted = { status: string; estimatedMinutes: number; order: { status: string } };
  const { status, estimatedMinutes, order: now } = await told<Accepted>(line);
  assert.deepEqual([status, estimatedMinutes, now.status], ["ACCEPTED", 25, "ACCEPTED"]);
  done(await market.call(sellers.prepareStoreOrder, part, stall.owner));
  done(await market.call(sellers.readyStoreOrder, part, stall.owner));
  done(await market.call(sellers.handOverStoreOrder, part, stall.owner));
  assert.deepEqual(await line.words(3), ["part PREPARING", "part READY", "part COMPLETED"]);
  await line.leave();
});

test("a declined payment is told, and what followed it", async () => {
  const { who, orderId, paymentId = "", payable: amount } = await place();
  const line = await watch(watchOrder, orderId, who);
  await line.next();
  const { attemptId } = done(await market.call(startAttempt, { paymentId, gateway: "toss" }, who));
  const { paymentKey } = gateways.toss.authorize({ orderId: attemptId, amount });
  gateways.toss.faults.order({ operation: "confirm", kind: "decline:REJECT_CARD_PAYMENT" });
  await market.call(confirmPayment, { paymentId, attemptId, amount, paymentKey }, who);
  assert.deepEqual(await line.words(1), ["order PAYMENT_FAILED"]);
  done(await market.call(orders.cancelOrder, { orderId, reason: "그만" }, who));
  assert.deepEqual(await line.words(1), ["order CANCELLED"]);
  await line.leave();
});

test("a seller hears a new paid order with all that a bell and a notice need, and what becomes of it", async () => {
  const queue = await watch(watchStoreOrders, stall.storeId, stall.owner);
  await queue.next();
  const { part, orderNo, title } = await placePaid();
  const [arrived] = await queue.next();
  assert.equal(arrived?.name, "arrived");
  const { ticket } = arrived.data as { ticket: Record<string, unknown> };
  const { paidAt, acceptBy, ...rest } = ticket;
  const line = { name: "라면", optionText: "", quantity: 1 };
  const shown = { ...part, orderNo, title, status: "PAID", fulfilment: "PICKUP", total: 5000, lines: [line] };
  assert.deepEqual(rest, shown);
  assert.ok(String(acceptBy) > String(paidAt));
  const late = await watch(watchStoreOrders, stall.storeId, stall.owner);
  const { waiting } = await told<{ waiting: { storeOrderId: string }[] }>(late);
  assert.ok(waiting.some(({ storeOrderId }) => storeOrderId === part.storeOrderId));
  done(await market.call(sellers.acceptStoreOrder, part, stall.owner));
  for (const one of [queue, late]) assert.deepEqual(await one.words(1), ["moved ACCEPTED"]);
  await Promise.all([queue.leave(), late.leave()]);
});

test("the kitchen hears what to start, what is under way and what is gone", async () => {
  const kitchen = await watch(watchKitchen, stall.storeId, stall.owner);
  await kitchen.next();
  const { part } = await placePaid();
  done(await market.call(sellers.acceptStoreOrder, part, stall.owner));
  assert.deepEqual(await kitchen.words(1), ["ticket ACCEPTED"]);
  const late = await watch(watchKitchen, stall.storeId, stall.owner);
  const { tickets } = await told<{ tickets: { storeOrderId: string; lines: unknown[] }[] }>(late);
  assert.equal(tickets.find(({ storeOrderId }) => storeOrderId === part.storeOrderId)?.lines.length, 1);
  done(await market.call(sellers.prepareStoreOrder, part, stall.owner));
  done(await market.call(sellers.readyStoreOrder, part, stall.owner));
  done(await market.call(sellers.handOverStoreOrder, part, stall.owner));
  const rest = ["ticket PREPARING", "ticket READY", "gone COMPLETED"];
  for (const one of [kitchen, late]) assert.deepEqual(await one.words(3), rest);
  await Promise.all([kitchen.leave(), late.leave()]);
});

test("who comes again at another process goes on where the first one stopped, also inside of one fact", async () => {
  const { part, who, orderId } = await placePaid();
  const first = await watch(watchOrder, orderId, who, { at: 0 });
  await first.next();
  done(await market.call(sellers.rejectStoreOrder, { ...part, reason: "재료 소진" }, stall.owner));
  const heard = await first.next(3);
  const words = ["part CANCELLING", "part REJECTED", "order CANCELLED"];
  assert.deepEqual(
    heard.map(({ name, data }) => `${name} ${(data as { status: string }).status}`),
    words,
  );
  const { order } = Object(heard[2]?.data) as { order: { status: string; refunded: number } };
  assert.deepEqual([order.status, order.refunded], ["CANCELLED", 5000]);
  await first.leave();
  assert.match(heard[1]?.id ?? "", /\.0$/);
  assert.equal(heard[2]?.id, heard[1]?.id?.replace(/\.0$/, ".1"));
  for (const at of [0, 1] as const) {
    for (const [from, rest] of [
      [0, words.slice(1)],
      [1, words.slice(2)],
    ] as const) {
      const again = await watch(watchOrder, orderId, who, { lastId: heard[from]?.id ?? "", at });
      assert.deepEqual(await again.words(rest.length), rest);
      await again.leave();
    }
  }
});

test("an order that is paid while a seller is just beginning to watch is never missed", async () => {
  for (let times = 0; times < 8; times++) {
    const { part, who, ...order } = await place();
    const paying = payWithToss(market, gateways, order, who);
    const opening = watch(watchStoreOrders, stall.storeId, stall.owner, { at: times % 2 === 0 ? 0 : 1 });
    done(await paying);
    const queue = await opening;
    const { waiting } = await told<{ waiting: { storeOrderId: string }[] }>(queue);
    let isKnown = waiting.some(({ storeOrderId }) => storeOrderId === part.storeOrderId);
    while (!isKnown) {
      const { ticket } = await told<{ ticket?: { storeOrderId: string } }>(queue);
      isKnown = ticket?.storeOrderId === part.storeOrderId;
    }
    await queue.leave();
  }
});
