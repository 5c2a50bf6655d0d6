import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeKakaoPaySecretKey, startFakeKakaoPay } from "#fakes/kakaopay/server.ts";
import { type Won, won } from "#platform/core/money.ts";
import { type Bench, conformance, testCompartment } from "./gateway.conformance.ts";
import type { ConfirmRequest, Gateway } from "./gateway.ts";
import { createKakaoPay } from "./kakaopay.ts";

const access = { cid: "TC0ONETIME", secretKey: fakeKakaoPaySecretKey };
const urls = { successUrl: "http://127.0.0.1:3000/success", failUrl: "http://127.0.0.1:3000/fail" };
let number = 0;

type Fake = Awaited<ReturnType<typeof startFakeKakaoPay>>;

async function payAt(fake: Fake, gateway: Gateway, amount: Won): Promise<ConfirmRequest> {
  number += 1;
  const reference = `att_01jd7x${String(number).padStart(20, "0")}`;
  const window = { reference, buyerId: "acc_1", orderName: "국물떡볶이", amount, method: "CARD", ...urls };
  const opened = await gateway.openWindow(window);
  assert.ok(opened.outcome === "done" && opened.window.kind === "redirect", JSON.stringify(opened));
  const { gatewayPaymentId } = opened.window;
  const agreed = fake.authorize(gatewayPaymentId);
  assert.ok("pg_token" in agreed);
  const ids = { gatewayPaymentId, reference, total: amount };
  return { ...ids, key: `confirm:${reference}`, buyerId: "acc_1", token: agreed.pg_token };
}

async function start(): Promise<Bench> {
  const fake = await startFakeKakaoPay({ seed: 1 });
  const gateway = createKakaoPay(access, testCompartment(fake.url));
  return {
    gateway,
    faults: fake.faults,
    names: { confirm: "approve", query: "order", cancel: "cancel" },
    pay: (amount) => payAt(fake, gateway, amount),
    truth: (reference) => fake.truth.of(reference),
    wait: (ms) => fake.clock.advance(ms),
    reset: () => fake.reset(),
    close: async () => {
      await gateway.close();
      await fake.close();
    },
  };
}

conformance("KakaoPay", start);

test("a window that could not be opened is abandoned: whatever went wrong, no money has moved", async () => {
  const fake = await startFakeKakaoPay({ seed: 2 });
  const gateway = createKakaoPay(access, testCompartment(fake.url));
  const window = { reference: "att_window", buyerId: "acc_1", orderName: "떡볶이", amount: won(1_000), method: "CARD" };
  for (const kind of ["fail-before", "effect-then-drop", "hang-before", "html", "empty", "429", "decline:-780"]) {
    fake.faults.order({ operation: "ready", kind });
    assert.equal((await gateway.openWindow({ ...window, ...urls })).outcome, "unknown", kind);
  }
  assert.equal((await gateway.openWindow({ ...window, ...urls })).outcome, "done");
  await gateway.close();
  await fake.close();
});

test("the documented decline is a no, and a pg_token that was used up is not one", async () => {
  const fake = await startFakeKakaoPay({ seed: 3 });
  const gateway = createKakaoPay(access, testCompartment(fake.url));
  fake.faults.order({ operation: "approve", kind: "decline:-780" });
  const declined = await gateway.confirm(await payAt(fake, gateway, won(1_000)));
  assert.ok(declined.outcome === "refused" && declined.refusalClass === "declined");
  const request = await payAt(fake, gateway, won(1_000));
  assert.equal((await gateway.confirm(request)).outcome, "done");
  assert.equal((await gateway.confirm(request)).outcome, "unknown");
  await gateway.close();
  await fake.close();
});
