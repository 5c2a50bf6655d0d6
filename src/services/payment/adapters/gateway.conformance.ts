import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import type { Faults } from "#fakes/shared/faults.ts";
import { type Won, won } from "#platform/core/money.ts";
import { instant } from "#platform/core/time.ts";
import type { GatewayAnswer } from "../domain/gateway-answer.ts";
import type { CancelRequest, Compartment, ConfirmRequest, Gateway, PaymentRequest } from "./gateway.ts";

/** A gateway beside its fake, and how the suite moves the two. */
export interface Bench {
  readonly gateway: Gateway;
  readonly faults: Faults;
  /** The fake's names of the operations. */
  readonly names: { readonly confirm: string; readonly query: string; readonly cancel: string };
  /** A payment that its buyer has agreed to, ready for its confirm. */
  pay(amount: Won): Promise<ConfirmRequest>;
  truth(reference: string): { readonly captured: number; readonly refunded: number; readonly captures: number };
  /** Time passes at the gateway. */
  wait(ms: number): void;
  reset(): void;
  close(): Promise<void>;
}

export const TIMEOUT_MS = 250;

/** A compartment for tests: patient with failures, impatient with silence. */
export function testCompartment(baseUrl: string, change: Partial<Compartment> = {}): Compartment {
  return {
    ...{ baseUrl, clock: { now: () => instant(Date.now()) }, timeoutMs: TIMEOUT_MS, connectTimeoutMs: TIMEOUT_MS },
    ...{ maxInFlight: 32, maxQueued: 64, failuresToOpen: 1_000_000, halfOpenAfterMs: 50 },
    ...change,
  };
}

/** What each fault does to an operation that moves money: whether it happens, and what may be said about it. */
const faults: readonly { kind: string; effect: boolean; says: GatewayAnswer["outcome"] }[] = [
  { kind: "fail-before", effect: false, says: "unknown" },
  { kind: "drop-before", effect: false, says: "unknown" },
  { kind: "hang-before", effect: false, says: "unknown" },
  { kind: "429", effect: false, says: "unknown" },
  { kind: "slow-answer", effect: true, says: "done" },
  { kind: "effect-then-drop", effect: true, says: "unknown" },
  { kind: "effect-then-500", effect: true, says: "unknown" },
  { kind: "effect-then-500-remembered", effect: true, says: "unknown" },
  { kind: "effect-then-hang", effect: true, says: "unknown" },
  { kind: "html", effect: true, says: "unknown" },
  { kind: "empty", effect: true, says: "unknown" },
  { kind: "truncated", effect: true, says: "unknown" },
  { kind: "cut", effect: true, says: "unknown" },
  { kind: "extra-fields", effect: true, says: "done" },
  { kind: "nulls", effect: true, says: "done" },
  { kind: "other-payments-answer", effect: true, says: "unknown" },
  { kind: "wrong-amount", effect: true, says: "unknown" },
  { kind: "decline:-999", effect: false, says: "unknown" },
];
const AMOUNT = won(12_000);

/** The one suite that every connector passes (R40): faults × operations, then what a gateway must keep promising. */
export function conformance(name: string, start: () => Promise<Bench>): void {
  describe(`${name} as a gateway`, () => {
    let bench: Bench;
    before(async () => {
      bench = await start();
    });
    beforeEach(() => bench.reset());
    after(() => bench.close());
    const order = (operation: keyof Bench["names"], kind: string) =>
      bench.faults.order({
        operation: bench.names[operation],
        kind,
        times: "forever",
        ms: kind === "slow-answer" ? 20 : 5_000,
      });

    for (const { kind, effect, says } of faults) {
      test(`confirm with ${kind}: ${says}, ${effect ? "captured" : "nothing captured"}`, async () => {
        const request = await bench.pay(AMOUNT);
        await bench.pay(won(500));
        order("confirm", kind);
        const answer = await bench.gateway.confirm(request);
        assert.equal(answer.outcome, says, JSON.stringify(answer));
        assert.equal(bench.truth(request.reference).captured, effect ? AMOUNT : 0);
      });
      test(`cancel with ${kind}: ${says}, ${effect ? "refunded" : "nothing refunded"}`, async () => {
        const request = await captured(bench);
        await captured(bench);
        order("cancel", kind);
        const answer = await bench.gateway.cancel(cancelOf(request, won(5_000), AMOUNT));
        assert.equal(answer.outcome, says, JSON.stringify(answer));
        assert.equal(bench.truth(request.reference).refunded, effect ? 5_000 : 0);
      });
      test(`query with ${kind}: ${says}`, async () => {
        const request = await captured(bench);
        await captured(bench);
        order("query", kind);
        const answer = await bench.gateway.query(request);
        assert.equal(answer.outcome, says, JSON.stringify(answer));
      });
    }
    promises(() => bench);
    promisesOfRefunds(() => bench);
    promisesOfDistrust(() => bench);
  });
}

function promises(the: () => Bench): void {
  test("a confirm tells what was captured, and a query tells the same", async () => {
    const request = await captured(the());
    const view = viewIn(await the().gateway.query(request));
    assert.deepEqual(
      { state: view.state, amount: view.amount, cancelled: view.cancelledAmount, reference: view.reference },
      { state: "captured", amount: AMOUNT, cancelled: 0, reference: request.reference },
    );
    assert.ok(view.approvedAt && view.method);
  });
  test("a payment that nobody has confirmed is pending, never a no", async () => {
    const request = await the().pay(AMOUNT);
    assert.equal(viewIn(await the().gateway.query(request)).state, "pending");
  });
  test("a payment whose time is over has failed by the gateway's own record", async () => {
    const request = await the().pay(AMOUNT);
    the().wait(31 * 60 * 1000);
    assert.equal(viewIn(await the().gateway.query(request)).state, "failed");
    assert.notEqual((await the().gateway.confirm(request)).outcome, "done");
  });
  test("the same confirm twice captures once", async () => {
    const request = await captured(the());
    const again = await the().gateway.confirm(request);
    assert.notEqual(again.outcome, "refused");
    assert.equal(the().truth(request.reference).captures, 1);
  });
}

function promisesOfRefunds(the: () => Bench): void {
  test("the same cancel again after a lost answer never refunds twice", async () => {
    const request = await captured(the());
    const cancel = cancelOf(request, won(5_000), AMOUNT);
    the().faults.order({ operation: the().names.cancel, kind: "effect-then-drop" });
    assert.equal((await the().gateway.cancel(cancel)).outcome, "unknown");
    the().wait(2_000);
    await the().gateway.cancel(cancel);
    assert.equal(the().truth(request.reference).refunded, 5_000);
  });
  test("parts may go back one after the other until nothing is left", async () => {
    const request = await captured(the());
    let left: number = AMOUNT;
    for (const part of [1, 4_999, 7_000]) {
      const answer = await the().gateway.cancel(cancelOf(request, won(part), won(left), `cancel:${part}`));
      left -= part;
      assert.equal(viewIn(answer).cancelledAmount, AMOUNT - left);
      the().wait(2_000);
    }
    assert.equal(the().truth(request.reference).refunded, AMOUNT);
    assert.equal(viewIn(await the().gateway.query(request)).cancelledAmount, AMOUNT);
    const tooMuch = await the().gateway.cancel(cancelOf(request, won(1), won(0), "cancel:too-much"));
    assert.notEqual(tooMuch.outcome, "done");
  });
  test("a cancel whose guard amount is wrong is not carried out", async () => {
    const request = await captured(the());
    const answer = await the().gateway.cancel(cancelOf(request, won(5_000), won(11_999)));
    assert.notEqual(answer.outcome, "done");
    assert.equal(the().truth(request.reference).refunded, 0);
  });
}

function promisesOfDistrust(the: () => Bench): void {
  test("another amount than the window's is never captured", async () => {
    const request = await the().pay(AMOUNT);
    const answer = await the().gateway.confirm({ ...request, total: won(11_999) });
    assert.equal(answer.outcome, "unknown");
    assert.equal(the().truth(request.reference).captured, 0);
  });
  test("another payment's key under our reference is never captured", async () => {
    const [one, other] = [await the().pay(AMOUNT), await the().pay(AMOUNT)];
    const crossed = { ...one, gatewayPaymentId: other.gatewayPaymentId };
    assert.notEqual((await the().gateway.confirm(crossed)).outcome, "done");
    const found = await the().gateway.query(crossed);
    assert.notEqual(found.outcome, "done");
    assert.equal(the().truth(one.reference).captured + the().truth(other.reference).captured, 0);
  });
  test("what is unknown at the gateway is never called done", async () => {
    const request = { ...(await the().pay(AMOUNT)), gatewayPaymentId: "tgen_nobody", reference: "att_nobody" };
    for (const answer of [await the().gateway.query(request), await the().gateway.confirm(request)]) {
      assert.notEqual(answer.outcome, "done");
    }
  });
  test("every answer leaves evidence without a body", async () => {
    const request = await captured(the());
    const { evidence } = await the().gateway.query(request);
    assert.deepEqual(Object.keys(evidence).sort(), ["at", "call", "durationMs", "httpStatus", "outcome"]);
  });
}

async function captured(bench: Bench): Promise<ConfirmRequest> {
  const request = await bench.pay(AMOUNT);
  assert.equal((await bench.gateway.confirm(request)).outcome, "done");
  return request;
}

function cancelOf(request: PaymentRequest, amount: Won, guardAmount: Won, key = "cancel:one"): CancelRequest {
  return { ...request, key: `${key}:${request.reference}`, amount, guardAmount, reason: "취소" };
}

function viewIn(answer: GatewayAnswer) {
  assert.equal(answer.outcome, "done", JSON.stringify(answer));
  assert.ok(answer.outcome === "done");
  return answer.view;
}
