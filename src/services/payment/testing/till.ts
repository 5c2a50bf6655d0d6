import { randomBytes } from "node:crypto";
import { getOrderForPayment } from "#contracts/order/operations.ts";
import * as buyerContract from "#contracts/payment/buyer-operations.ts";
import * as contract from "#contracts/payment/operations.ts";
import { postRefundIntent } from "#contracts/wallet/operations.ts";
import { type FakeKakaoPay, fakeKakaoPaySecretKey, startFakeKakaoPay } from "#fakes/kakaopay/server.ts";
import { type FakeToss, fakeTossSecretKey, startFakeToss } from "#fakes/toss/server.ts";
import { type Id, makeIds, siblingId } from "#platform/core/ids.ts";
import type { OutputOf } from "#platform/core/operation.ts";
import { type Instant, instant, plus } from "#platform/core/time.ts";
import { standIn, startApp, type TestApp, type TestAppOptions } from "#platform/testing/app.ts";
import { buyer, service } from "#platform/testing/people.ts";
import type { Payment } from "../domain/payment.ts";
import { firstAttemptId } from "../domain/start-attempt.ts";
import { payment } from "../service.ts";

/** Payment alone, with both gateways' fakes beside it and a ledger that says yes. */
export interface Till {
  readonly test: TestApp;
  readonly toss: FakeToss;
  readonly kakaopay: FakeKakaoPay;
  /** Refunds that the ledger was asked to post, in order. */
  readonly posted: string[];
  /** What the ledger answers from now on. */
  ledgerSays(refusal: "wallet.capture_not_posted" | undefined): void;
  close(): Promise<void>;
}

/** What orders ask for, of all tills: two of them share their orders. */
const offers = new Map<string, OutputOf<typeof getOrderForPayment>>();

const ids = makeIds(() => instant(Date.now()), { bytes: randomBytes });
export const makeId = ids.make;

export interface TillOptions extends Pick<Partial<TestAppOptions>, "boundary" | "log"> {
  /** Another till whose database, gateways and clock are shared: a second process. */
  readonly beside?: Till;
  readonly settings?: Readonly<Record<string, unknown>>;
}

export async function openTill({ beside, settings, ...options }: TillOptions = {}): Promise<Till> {
  const toss = beside?.toss ?? (await startFakeToss());
  const kakaopay = beside?.kakaopay ?? (await startFakeKakaoPay());
  const posted: string[] = [];
  let refusal: "wallet.capture_not_posted" | undefined;
  const ledger = standIn(postRefundIntent, (input) => {
    if (refusal) return { refused: refusal };
    posted.push(input.refundId);
    return {};
  });
  const orders = standIn(getOrderForPayment, ({ orderId }) => offers.get(orderId) ?? { refused: "order.not_found" });
  const gateways = {
    ...{ tossBaseUrl: toss.url, tossPageUrl: `${toss.url}/pay`, tossClientKey: "test_ck_fake" },
    ...{ tossSecretKey: fakeTossSecretKey, kakaopayBaseUrl: kakaopay.url, kakaopaySecretKey: fakeKakaoPaySecretKey },
    ...{ gatewayTimeoutMs: 300, breakerFailures: 1_000 },
  };
  const test = await startApp({
    ...options,
    ...{ services: [payment], answers: [ledger, orders], settings: { payment: { ...gateways, ...settings } } },
    ...(beside ? { database: beside.test.database, clock: beside.test.clock } : {}),
  });
  return {
    ...{ test, toss, kakaopay, posted },
    ledgerSays: (word) => {
      refusal = word;
    },
    close: async () => {
      await test.close();
      if (!beside) await Promise.all([toss.close(), kakaopay.close()]);
    },
  };
}

export interface Order {
  readonly orderId: Id<"order">;
  readonly paymentId: Id<"payment">;
  readonly buyerId: Id<"account">;
  readonly amount: number;
  readonly lines: { orderLineId: string; storeOrderId: string; sellerId: string; amount: number }[];
}

/** An order that waits for its money: two lines of 9,000 and 3,000 won, ten minutes to pay. */
export function placed(till: Till): Order {
  const orderId = ids.make("order");
  const buyerId = ids.make("account");
  const of = { storeOrderId: ids.make("storeOrder"), sellerId: ids.make("account") };
  const lines = [9_000, 3_000].map((amount) => ({ orderLineId: ids.make("orderLine"), ...of, amount }));
  const expiresAt = plus(till.test.clock.now() as Instant, { minutes: 10 });
  offers.set(orderId, { buyerId, orderName: "국물떡볶이 외 1건", amount: 12_000, lines, expiresAt });
  return { orderId, paymentId: siblingId("payment", orderId), buyerId, amount: 12_000, lines };
}

/** The buyer agrees in the window of Toss; then the till confirms. */
export async function payAtToss(till: Till, order: Order, attemptId = firstAttemptId(order.paymentId)) {
  const { paymentKey } = till.toss.authorize({ orderId: attemptId, amount: order.amount });
  const input = { paymentId: order.paymentId, attemptId, amount: order.amount, paymentKey };
  return till.test.call(buyerContract.confirmPayment, input, buyer(order.buyerId));
}

/** KakaoPay: ready, the buyer agrees at its page, then the till confirms. */
export async function payAtKakaoPay(till: Till, order: Order) {
  const wish = { paymentId: order.paymentId, gateway: "kakaopay" as const };
  const started = await till.test.call(buyerContract.startAttempt, wish, buyer(order.buyerId));
  if ("refused" in started) return started;
  const agreed = till.kakaopay.authorize(new URL(started.redirectUrl ?? "").pathname.slice("/pay/".length));
  if (!("pg_token" in agreed)) throw new Error("the buyer could not agree");
  const input = { ...wish, attemptId: started.attemptId, amount: order.amount, pgToken: agreed.pg_token };
  const { gateway: _, ...confirm } = input;
  return till.test.call(buyerContract.confirmPayment, confirm, buyer(order.buyerId));
}

export async function refund(till: Till, order: Order, refundId: string, amounts: readonly number[]) {
  const lines = order.lines.flatMap((line, n) => (amounts[n] ? [{ ...line, amount: amounts[n] }] : []));
  const amount = amounts.reduce((sum, one) => sum + one, 0);
  const input = { orderId: order.orderId, refundId, amount, lines, reason: "구매자 취소" };
  return till.test.call(contract.refundPayment, input, service("order"));
}

export async function close(till: Till, order: Pick<Order, "orderId">, force = false) {
  const answer = await till.test.call(contract.closePayment, { orderId: order.orderId, force }, service("order"));
  return "refused" in answer ? answer.refused : answer.outcome;
}

export async function stateOf(till: Till, order: Order): Promise<Payment> {
  const rows = await till.test.sql<{ data: Payment }>("payment", "select data from states where key = $1", [
    order.paymentId,
  ]);
  if (!rows[0]) throw new Error("no such payment");
  return rows[0].data;
}

/** Turns the clocks of the till and of the gateways, as they would turn together. */
export function turn(till: Till, seconds: number): void {
  till.test.clock.turn({ seconds });
  till.toss.clock.advance(seconds * 1000);
  till.kakaopay.clock.advance(seconds * 1000);
}

/** Waits for something that happens by itself, at most three seconds. */
export async function until(what: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 150; tries++) {
    if (await what()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("it did not happen");
}

/** What the payment's events have said, in order. */
export async function said(till: Till, order: Order): Promise<string[]> {
  const rows = await till.test.sql<{ type: string }>(
    "payment",
    "select type from facts where stream = $1 order by position",
    [order.paymentId],
  );
  return rows.map((row) => row.type);
}
