import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type FakeToss, fakeTossSecretKey, startFakeToss } from "#fakes/toss/server.ts";
import { won } from "#platform/core/money.ts";
import { type Bench, conformance, testCompartment } from "./gateway.conformance.ts";
import type { Gateway } from "./gateway.ts";
import { createToss } from "./toss.ts";

const access = { clientKey: "test_ck_fake", secretKey: fakeTossSecretKey, pageUrl: "http://127.0.0.1:1/pay" };
let number = 0;

function nextReference(): string {
  number += 1;
  return `att_01jd7x${String(number).padStart(20, "0")}`;
}

async function start(): Promise<Bench> {
  const fake = await startFakeToss({ seed: 1 });
  const gateway = createToss(access, testCompartment(fake.url));
  return {
    gateway,
    faults: fake.faults,
    names: { confirm: "confirm", query: "get", cancel: "cancel" },
    pay: async (amount) => {
      const reference = nextReference();
      const { paymentKey } = fake.authorize({ orderId: reference, amount });
      return { gatewayPaymentId: paymentKey, reference, total: amount, key: `confirm:${reference}`, buyerId: "acc_1" };
    },
    truth: (reference) => fake.truth.of(reference),
    wait: (ms) => fake.clock.advance(ms),
    reset: () => fake.reset(),
    close: async () => {
      await gateway.close();
      await fake.close();
    },
  };
}

conformance("Toss", start);

describe("Toss", () => {
  let fake: FakeToss;
  let gateway: Gateway;
  before(async () => {
    fake = await startFakeToss({ seed: 2 });
    gateway = createToss(access, testCompartment(fake.url));
  });
  after(async () => {
    await gateway.close();
    await fake.close();
  });
  const pay = (orderId = nextReference()) => {
    const { paymentKey } = fake.authorize({ orderId, amount: won(10_000) });
    const ids = { gatewayPaymentId: paymentKey, reference: orderId, total: won(10_000) };
    return { ...ids, key: `confirm:${orderId}`, buyerId: "acc_1" };
  };
  const cancelOf = (request: ReturnType<typeof pay>, key: string, guard: number) => ({
    ...{ ...request, key, amount: won(1_000), guardAmount: won(guard), reason: "취소" },
  });

  test("a card that is refused is a no of the class declined", async () => {
    fake.faults.order({ operation: "confirm", kind: "decline:REJECT_CARD_PAYMENT" });
    const answer = await gateway.confirm(pay());
    assert.ok(answer.outcome === "refused");
    assert.deepEqual([answer.refusalClass, answer.code], ["declined", "REJECT_CARD_PAYMENT"]);
  });

  test("a second cancel within a second is certainly dropped, a later one with a new key goes through", async () => {
    const request = pay();
    await gateway.confirm(request);
    assert.equal((await gateway.cancel(cancelOf(request, "cancel:1", 10_000))).outcome, "done");
    const dropped = await gateway.cancel(cancelOf(request, "cancel:2", 9_000));
    assert.ok(dropped.outcome === "refused" && dropped.refusalClass === "try_again");
    fake.clock.advance(gateway.capabilities.cancelPauseMs);
    // A 4xx is pinned to its key for 15 days, so the same key would only hear the same no.
    assert.equal((await gateway.cancel(cancelOf(request, "cancel:2", 9_000))).outcome, "refused");
    assert.equal((await gateway.cancel(cancelOf(request, "cancel:3", 9_000))).outcome, "done");
  });

  test("an answer that was lost is given again under the same key", async () => {
    const request = pay();
    fake.faults.order({ operation: "confirm", kind: "effect-then-500-remembered" });
    assert.equal((await gateway.confirm(request)).outcome, "unknown");
    assert.equal((await gateway.confirm(request)).outcome, "done");
    assert.equal(fake.truth.of(request.reference).captures, 1);
  });

  test("a wrong key of ours is nobody's no", async () => {
    const stranger = createToss({ ...access, secretKey: "test_sk_wrong" }, testCompartment(fake.url));
    const answer = await stranger.confirm(pay());
    assert.ok(answer.outcome === "unknown" && answer.code === "OUR_FAULT_UNAUTHORIZED_KEY");
    await stranger.close();
  });

  test("a payment key that does not exist is a no once our reference shows no capture either", async () => {
    const request = pay();
    const answer = await gateway.query({ ...request, gatewayPaymentId: "tgen_bogus" });
    assert.ok(answer.outcome === "refused" && answer.refusalClass === "session_gone");
  });

  test("of two windows with one reference the confirmed one is found by its key", async () => {
    const first = pay();
    const second = pay(first.reference);
    const answer = await gateway.query(first);
    assert.ok(answer.outcome === "done" && answer.view.gatewayPaymentId === first.gatewayPaymentId);
    assert.notEqual(first.gatewayPaymentId, second.gatewayPaymentId);
  });

  test("the page of the window is told everything it needs", async () => {
    const urls = { successUrl: "http://shop/success", failUrl: "http://shop/fail" };
    const request = { ...urls, reference: "att_1", buyerId: "acc_1", orderName: "국물떡볶이", method: "CARD" };
    const answer = await gateway.openWindow({ ...request, amount: won(12_000) });
    assert.ok(answer.outcome === "done" && answer.window.kind === "parameters");
    const page = new URL(answer.window.pageUrl).searchParams;
    assert.equal(page.get("orderId"), "att_1");
    assert.equal(page.get("amount"), "12000");
    assert.equal(page.get("successUrl"), urls.successUrl);
  });
});
