import { makeIds } from "#platform/core/ids.ts";
import { instant } from "#platform/core/time.ts";
import { makeTraceIds, traceIdOf } from "#platform/telemetry/trace.ts";
import { DEMO_PASSWORD, DEMO_PEOPLE } from "../demo/people.ts";
import { chance } from "../random.ts";
import { readForRun } from "../run-config.ts";
import { StartRefused } from "../start-refused.ts";
import { type Person, personAt } from "./order/person.ts";
import { printLedger, step, won } from "./order/print.ts";
import type { Ledger, Order, Payment, Store } from "./order/shapes.ts";

const STORE = "마당분식";

/** Drives one order through a running server, over HTTP as a storefront would; 0 only if it completed. */
export async function orderCommand(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { host, port } = readForRun(args, env).platform;
  const url = `http://${host === "0.0.0.0" ? "127.0.0.1" : host}:${port}`;
  const traceparent = makeTraceIds(chance).traceparent();
  const [buyer, seller, operator] = await Promise.all(
    [DEMO_PEOPLE.buyer, DEMO_PEOPLE.food, DEMO_PEOPLE.operator].map(({ email }) =>
      personAt({ url, traceparent }, email, DEMO_PASSWORD),
    ),
  );
  if (!buyer || !seller || !operator) return 1;
  step("로그인 · signed in", `${buyer.email}, ${seller.email}, ${operator.email}`);
  const order = await placeAndPay(buyer);
  const completed = await fulfil(seller, buyer, order.orderId);
  step("끝났습니다 · completed", `${completed.orderNo} ${completed.status}`);
  printLedger(await ledgerOf(operator, order.orderId));
  step("추적 번호 · trace, in every log line of it", traceIdOf(traceparent));
  return completed.status === "COMPLETED" ? 0 : 1;
}

async function placeAndPay(buyer: Person): Promise<Order> {
  const { stores } = await buyer.ask<{ stores: Store[] }>("GET", `/stores?keyword=${encodeURIComponent(STORE)}`);
  const store = stores.find((one) => one.name === STORE);
  if (!store)
    throw new StartRefused(`${STORE}이(가) 없습니다. 예시 자료가 있는 서버인가요? / no demo data on this server`);
  step("가게 · store", `${store.name} (${store.openNow ? "영업 중 · open" : "닫힘 · closed"})`);
  await fillCart(buyer, store.storeId);
  const basket = {
    fromCart: {},
    handovers: [{ storeId: store.storeId, fulfilment: "PICKUP", note: "덜 맵게 부탁드려요" }],
  };
  const quote = await buyer.ask<{ payable: number }>("POST", "/orders/quote", basket);
  step("견적 · quote", won(quote.payable));
  const ids = makeIds(() => instant(Date.now()), chance);
  const wanted = { ...basket, orderId: ids.make("order"), expectedTotal: quote.payable, evenIfDouble: true };
  const order = await buyer.ask<Order>("POST", "/orders", wanted);
  step("주문 · placed", `${order.orderNo} ${order.title} ${order.status}`);
  await pay(buyer, order);
  return order;
}

/** A cart of the two things that the demo's snack bar is known for, whatever was in it before. */
async function fillCart(buyer: Person, storeId: string): Promise<void> {
  await buyer.ask("DELETE", "/cart?kind=FOOD");
  const { items } = await buyer.ask<{ items: { itemId: string; name: string }[] }>("GET", `/stores/${storeId}/items`);
  for (const { itemId, name } of items.filter((item) => ["국물떡볶이", "모둠튀김"].includes(item.name))) {
    type Groups = { optionGroups: { min: number; options: { optionId: string }[] }[] };
    const { optionGroups } = await buyer.ask<Groups>("GET", `/items/${itemId}`);
    const optionIds = optionGroups.flatMap((group) =>
      group.options.slice(0, group.min).map((option) => option.optionId),
    );
    await buyer.ask("POST", "/cart/lines", { itemId, optionIds, quantity: 1 });
    step("담기 · into the cart", name);
  }
}

/** The buyer's step on Toss's page goes through the fake's API here; a person clicks at `pageUrl`. */
async function pay(buyer: Person, { paymentId, payable }: Order): Promise<void> {
  type Started = { attemptId: string; checkout: { gatewayOrderId: string; pageUrl: string; orderName: string } };
  const { attemptId, checkout } = await buyer.ask<Started>("POST", `/payments/${paymentId}/attempts`, {
    gateway: "toss",
  });
  const gateway = new URL(checkout.pageUrl).origin;
  const window = { orderId: checkout.gatewayOrderId, amount: payable, orderName: checkout.orderName };
  const response = await fetch(`${gateway}/fake/authorize`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(window),
  });
  const { paymentKey } = (await response.json()) as { paymentKey: string };
  step("결제창 · at the gateway", `${gateway} ${won(payable)}`);
  const input = { attemptId, amount: payable, paymentKey };
  const { status } = await buyer.ask<Payment>("POST", `/payments/${paymentId}/confirm`, input);
  step("결제 · payment", status);
}

async function fulfil(seller: Person, buyer: Person, orderId: string): Promise<Order> {
  const order = await until(buyer, orderId, "PAID");
  const part = order.storeOrders[0];
  if (!part) throw new StartRefused("the order has no part");
  const path = `/orders/${orderId}/store-orders/${part.storeOrderId}`;
  for (const [move, body] of [
    ["accept", { estimatedMinutes: 15 }],
    ["prepare", {}],
    ["ready", {}],
    ["hand-over", {}],
  ] as const) {
    const moved = await seller.ask<{ status: string }>("POST", `${path}/${move}`, body);
    step(`판매자 · seller ${move}`, moved.status);
  }
  return until(buyer, orderId, "COMPLETED");
}

/** The stock is committed a moment after the payment: sellers see the order then. */
async function until(buyer: Person, orderId: string, status: string): Promise<Order> {
  for (let tries = 0; ; tries++) {
    const order = await buyer.ask<Order>("GET", `/orders/${orderId}`);
    const isReady = order.status === status && (status !== "PAID" || order.storeOrders.every((part) => part.acceptBy));
    if (isReady || tries === 100) return order;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function ledgerOf(operator: Person, orderId: string): Promise<Ledger> {
  for (let tries = 0; ; tries++) {
    const ledger = await operator.ask<Ledger>("GET", `/ledger/orders/${orderId}`);
    if (ledger.journals.length >= 2 || tries === 100) return ledger;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
