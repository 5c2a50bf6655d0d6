import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeKakaoPaySecretKey, startFakeKakaoPay } from "#fakes/kakaopay/server.ts";
import { fakeTossSecretKey, startFakeToss } from "#fakes/toss/server.ts";
import { won } from "#platform/core/money.ts";
import { testCompartment } from "./gateway.conformance.ts";
import type { PaymentRequest, WindowRequest } from "./gateway.ts";
import { createKakaoPay } from "./kakaopay.ts";
import { createToss } from "./toss.ts";

const toss = { clientKey: "test_ck_fake", secretKey: fakeTossSecretKey, pageUrl: "http://127.0.0.1:1/pay" };
const anyPayment: PaymentRequest = { gatewayPaymentId: "tgen_1", reference: "att_reference", total: won(1_000) };
const window: WindowRequest = {
  ...{ reference: "att_reference", buyerId: "acc_1", orderName: "떡볶이", amount: won(1_000), method: "CARD" },
  ...{ successUrl: "http://127.0.0.1:1/success", failUrl: "http://127.0.0.1:1/fail" },
};

test("an ill gateway's circuit opens, asks nothing for a while, and closes when it is well again", async () => {
  const fake = await startFakeToss({ seed: 1 });
  const gateway = createToss(toss, testCompartment(fake.url, { failuresToOpen: 3, halfOpenAfterMs: 60 }));
  fake.faults.order({ operation: "get", kind: "dark", times: "forever" });
  for (let tries = 0; tries < 3; tries++) await gateway.query(anyPayment);
  assert.equal(gateway.isAvailable(), false);
  const asked = fake.calls.counts().get;
  const unsent = await gateway.query(anyPayment);
  assert.ok(unsent.outcome === "unknown" && unsent.code === "NOT_SENT");
  assert.equal(fake.calls.counts().get, asked);
  fake.faults.clear();
  await new Promise((resolve) => setTimeout(resolve, 80));
  assert.equal((await gateway.query(anyPayment)).outcome, "refused");
  assert.equal(gateway.isAvailable(), true);
  await gateway.close();
  await fake.close();
});

test("a buyer's declined card is no illness: it never opens the circuit", async () => {
  const fake = await startFakeToss({ seed: 1 });
  const gateway = createToss(toss, testCompartment(fake.url, { failuresToOpen: 2 }));
  for (let tries = 0; tries < 5; tries++) assert.equal((await gateway.query(anyPayment)).outcome, "refused");
  assert.equal(gateway.isAvailable(), true);
  await gateway.close();
  await fake.close();
});

test("a dark gateway leaves the other one's latency as it was (H15, R41)", async (t) => {
  const [darkFake, wellFake] = [await startFakeToss({ seed: 1 }), await startFakeKakaoPay({ seed: 1 })];
  // The circuit is kept closed here: the compartments alone must hold.
  const dark = createToss(toss, testCompartment(darkFake.url, { timeoutMs: 600 }));
  const access = { cid: "TC0ONETIME", secretKey: fakeKakaoPaySecretKey };
  const well = createKakaoPay(access, testCompartment(wellFake.url));
  await medianMs(() => well.openWindow(window), 50);
  const alone = await medianMs(() => well.openWindow(window), 200);
  darkFake.faults.order({ kind: "dark-hang", times: "forever", ms: 60_000 });
  const waiting = Array.from({ length: 200 }, () => dark.query(anyPayment));
  await new Promise((resolve) => setTimeout(resolve, 100));
  const beside = await medianMs(() => well.openWindow(window), 200);
  const ratio = beside / alone;
  t.diagnostic(
    `median beside a dark gateway ${beside.toFixed(2)} ms, alone ${alone.toFixed(2)} ms, ratio ${ratio.toFixed(2)}`,
  );
  assert.ok(ratio < 5 && beside < 100, `ratio ${ratio}`);
  for (const answer of await Promise.all(waiting)) assert.equal(answer.outcome, "unknown");
  await Promise.all([dark.close(), well.close(), darkFake.close(), wellFake.close()]);
});

async function medianMs(work: () => Promise<{ outcome: string }>, count: number): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < count; n++) {
    const begun = performance.now();
    assert.equal((await work()).outcome, "done");
    times.push(performance.now() - begun);
  }
  return times.sort((a, b) => a - b)[count >> 1] ?? 0;
}
