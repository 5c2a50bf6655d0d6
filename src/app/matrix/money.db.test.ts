import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { addCartLine } from "#contracts/cart/operations.ts";
import { editItem } from "#contracts/catalog/operations.ts";
import * as orders from "#contracts/order/operations.ts";
import * as payments from "#contracts/payment/buyer-operations.ts";
import { receiveTossWebhook } from "#contracts/payment/operator-operations.ts";
import { createStore } from "#contracts/store/operations.ts";
import { getOrderLedger } from "#contracts/wallet/operations.ts";
import type { Operation } from "#platform/core/operation.ts";
import { type Input, requestOf } from "./client.ts";
import { fingerprint } from "./fingerprint.ts";
import { itemContent } from "./policy-goods.ts";
import type { As } from "./tokens.ts";
import { authorize, basketOf, newItem, openTown, place, placePaid, placing, type Town } from "./town.ts";

let town: Town;
before(async () => {
  town = await openTown();
});
after(() => town.close());

async function refusesAll(operation: Operation, as: As, inputs: readonly Input[], codes: readonly string[]) {
  await town.settle();
  const before = await fingerprint(town);
  for (const input of inputs) {
    const { code, body } = await town.ask(operation, input, as);
    assert.ok(codes.includes(String(code)), `${operation.name} ${JSON.stringify(input)}: ${JSON.stringify(body)}`);
  }
  await town.settle();
  assert.equal(await fingerprint(town), before, operation.name);
}

test("no client says what an order costs: prices, fees, buyers and states are no fields, a lower total is told the right one", async () => {
  const good = placing(town, town.goods);
  const basket = basketOf(town.goods);
  const [line] = basket.lines;
  const claimed = [
    ...["price", "unitPrice", "amount", "name"].map((name) => ({ ...good, lines: [{ ...line, [name]: 1 }] })),
    ...["payable", "total", "deliveryFee", "buyerId", "status", "paymentId"].map((name) => ({ ...good, [name]: 1 })),
    ...[0, -1, 1.5, 1e308, "2", 1000, null].map((quantity) => ({ ...good, lines: [{ ...line, quantity }] })),
    ...[-1, 1.5, 1e308, "7500", null].map((expectedTotal) => ({ ...good, expectedTotal })),
  ];
  await refusesAll(orders.placeOrder, town.buyer, claimed, ["request.unknown_field", "request.invalid"]);
  for (const expectedTotal of [0, 1, 7499, 7501]) {
    const { status, code, body } = await town.ask(orders.placeOrder, { ...good, expectedTotal }, town.buyer);
    assert.deepEqual([status, code], [409, "order.price_changed"]);
    assert.equal((body.details as { payable: number }).payable, 7500);
  }
  const placed = await town.done(orders.placeOrder, good, town.buyer);
  assert.deepEqual([placed.payable, placed.buyerId], [7500, town.buyer.accountId]);
});

test("no client says what a payment is worth: the stored amount stands, whoever confirms", async () => {
  const order = await place(town);
  const confirm = await authorize(town, order);
  const { paymentKey: _, ...unpaid } = confirm;
  const lies = [0, 1, 4999, 5001, 1_000_000_000].map((amount) => ({ ...confirm, amount }));
  await refusesAll(payments.confirmPayment, town.buyer, lies, ["payment.amount_mismatch"]);
  await refusesAll(payments.returnFromGateway, town.buyer, lies, ["payment.amount_mismatch"]);
  const claims = ["status", "orderId", "buyerId", "refundedAmount"].map((name) => ({ ...confirm, [name]: "APPROVED" }));
  await refusesAll(payments.confirmPayment, town.buyer, claims, ["request.unknown_field"]);
  await refusesAll(payments.confirmPayment, town.buyer, [unpaid], ["payment.token_missing"]);
  await refusesAll(
    payments.startAttempt,
    town.buyer,
    [{ paymentId: order.paymentId, gateway: "toss", amount: 1 }],
    ["request.unknown_field"],
  );
  const paid = await town.done(payments.confirmPayment, confirm, town.buyer);
  assert.deepEqual([paid.status, paid.amount], ["APPROVED", 5000]);
  assert.equal(town.door.gateways.toss.truth.of(confirm.attemptId).captured, 5000);
});

test("a buyer who authorized less at the gateway than the order costs pays nothing and gets nothing", async () => {
  const order = await place(town);
  const { attemptId } = await authorize(town, order);
  const { paymentKey } = town.door.gateways.toss.authorize({ orderId: attemptId, amount: 1 });
  const input = { paymentId: order.paymentId, attemptId, amount: order.payable, paymentKey };
  const answer = await town.ask(payments.confirmPayment, input, town.buyer);
  assert.notEqual(answer.body.status, "APPROVED");
  await town.settle();
  const { status } = await town.done(orders.getOrder, { orderId: order.orderId }, town.buyer);
  assert.notEqual(status, "PAID");
});

test("no client says whose something is or what state it is in", async () => {
  const store = { name: "주인 바꾸기", kind: "FOOD" };
  const claims = ["sellerId", "status", "storeId", "openSwitch", "createdAt", "version"];
  const stores = claims.map((name) => ({ ...store, [name]: "APPROVED" }));
  await refusesAll(createStore, town.seller, stores, ["request.unknown_field"]);
  const { itemId, version } = await newItem(town, town.seller, town.food);
  const edit = { itemId, version, ...itemContent };
  const items = ["sellerId", "storeId", "kind", "status", "createdAt"].map((name) => ({ ...edit, [name]: "x" }));
  await refusesAll(
    editItem,
    town.seller,
    [...items, { ...edit, basePrice: -1 }, { ...edit, basePrice: 0.5 }],
    ["request.unknown_field", "request.invalid"],
  );
  const line = { itemId: town.food.itemId, optionIds: [], quantity: 1 };
  const lines = ["unitPrice", "accountId", "amount", "storeId"].map((name) => ({ ...line, [name]: 1 }));
  await refusesAll(
    addCartLine,
    town.buyer,
    [...lines, ...[0, -1, 100].map((quantity) => ({ ...line, quantity }))],
    ["request.unknown_field", "request.invalid"],
  );
});

const transmission = (id: string) => ({ "tosspayments-webhook-transmission-id": id });
const kept = async (): Promise<{ data: { raw: string; state: string; reason?: string } }[]> => {
  await town.settle();
  return town.door.market.adminSql(`select data from payment.states where key like 'webhook:%' order by key`);
};

test("a forged webhook is kept as it came and moves nothing; a real one makes the payment be read again, once", async () => {
  const order = await place(town);
  const confirm = await authorize(town, order);
  const { attemptId } = confirm;
  const forged = {
    eventType: "PAYMENT_STATUS_CHANGED",
    data: { orderId: attemptId, status: "DONE", totalAmount: 5000 },
  };
  const send = async (text: string, id: string) =>
    town.done(receiveTossWebhook, {}, undefined, { text, headers: transmission(id) });
  const texts = [
    JSON.stringify(forged),
    ` {"a":1,"a":2,"__proto__":{}} `,
    "not JSON",
    "[]",
    JSON.stringify({ orderId: "x" }),
  ];
  for (const [at, text] of texts.entries()) await send(text, `forged-${at}`);
  const seen = await kept();
  assert.deepEqual(
    seen.map(({ data }) => data.raw),
    texts,
  );
  const payment = await town.done(payments.getPayment, { paymentId: order.paymentId }, town.buyer);
  assert.equal(payment.status, "READY");

  // The answer to the confirm is lost on its way: the money is taken and nobody here knows.
  const { faults } = town.door.gateways.toss;
  faults.order({ kind: "effect-then-drop", operation: "confirm", orderId: attemptId });
  faults.order({ kind: "fail-before", operation: "get", orderId: attemptId, times: "forever" });
  const unknown = await town.done(payments.confirmPayment, confirm, town.buyer);
  assert.equal(unknown.status, "UNKNOWN");
  faults.clear();
  const { paymentKey } = confirm;
  const real = { eventType: "PAYMENT_STATUS_CHANGED", data: { orderId: attemptId, paymentKey, status: "DONE" } };
  for (let times = 0; times < 3; times++) await send(JSON.stringify(real), "real-1");
  const after = await kept();
  assert.deepEqual(after.at(-1)?.data.reason, "read_again");
  assert.equal(after.length, texts.length + 1);
  const { status } = await town.done(orders.getOrder, { orderId: order.orderId }, town.buyer);
  assert.equal(status, "PAID");
  const ledger = await town.done(getOrderLedger, { orderId: order.orderId }, town.operator);
  assert.equal(ledger.journals.length, 1);
  assert.equal(town.door.gateways.toss.truth.of(attemptId).captures, 1);
});

test("a forged webhook about a paid order refunds and cancels nothing", async () => {
  const { orderId, paymentId } = await placePaid(town);
  const { attempts } = await town.done(payments.getPayment, { paymentId }, town.buyer);
  const data = { orderId: attempts[0]?.attemptId, status: "CANCELED", cancels: [{ cancelAmount: 5000 }] };
  const text = JSON.stringify({ eventType: "PAYMENT_STATUS_CHANGED", data });
  await town.done(receiveTossWebhook, {}, undefined, { text, headers: transmission("forged-cancel") });
  await town.settle();
  assert.equal((await town.done(payments.getPayment, { paymentId }, town.buyer)).refundedAmount, 0);
  assert.equal((await town.done(orders.getOrder, { orderId }, town.buyer)).status, "PAID");
});

test("a buyer who returns from the window sees a page, whatever else the gateway wrote into the address", async () => {
  const confirm = await authorize(town, await place(town));
  const input = { ...confirm, orderId: confirm.attemptId, paymentType: "NORMAL", easyPay: "<script>", method: "카드" };
  const headers = { accept: "text/html,*/*;q=0.8" };
  const { url } = requestOf(payments.returnFromGateway, input);
  const page = await town.door.server.inject({ url, headers });
  assert.deepEqual([page.statusCode, page.headers["content-type"]], [200, "text/html; charset=utf-8"]);
  assert.match(page.body, /<html lang="ko">[\s\S]*결제가 완료되었습니다/);
  assert.ok(!page.body.includes(confirm.paymentKey) && !page.body.includes("<script>"));
  const english = await town.door.server.inject({ url, headers: { ...headers, "accept-language": "en" } });
  assert.match(english.body, /<html lang="en">[\s\S]*The payment is complete/);
  assert.equal((await town.door.server.inject({ url })).json().status, "APPROVED");
  const lie = requestOf(payments.returnFromGateway, { ...input, paymentId: `pay_${"7".repeat(26)}` });
  const refused = await town.door.server.inject({ url: lie.url, headers });
  assert.equal(refused.statusCode, 404);
  assert.match(refused.body, /payment\.not_found/);
});

test("a buyer who closes the window sees a page that says that nothing was paid", async () => {
  const { paymentId, attemptId } = await authorize(town, await place(town));
  const left = {
    paymentId,
    attemptId,
    code: "PAY_PROCESS_CANCELED",
    message: "<b>취소</b>",
    orderId: attemptId,
    more: "x",
  };
  const { url } = requestOf(payments.returnWithoutPayment, left);
  const page = await town.door.server.inject({ url, headers: { accept: "text/html" } });
  assert.equal(page.statusCode, 200);
  assert.match(page.body, /결제하지 않았습니다/);
  assert.ok(!page.body.includes("<b>"));
});
