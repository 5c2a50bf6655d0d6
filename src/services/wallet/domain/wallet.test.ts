import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isRefusal } from "#platform/core/decision.ts";
import { type Books, type BooksFact, evolve } from "./books.ts";
import { decideCapture, decideComplete } from "./capture.ts";
import { flatRule } from "./commission.ts";
import { decideRefundConfirmed, decideRefundIntent, decideRefundRefused } from "./refund.ts";

const orderId = "ord_1";
const line = { orderLineId: "oln_item", storeOrderId: "sto_1", sellerId: "acc_s1" };
const fee = { orderLineId: "oln_fee", storeOrderId: "sto_1", sellerId: "acc_s1" };
const other = { orderLineId: "oln_other", storeOrderId: "sto_2", sellerId: "acc_s2" };
const rule = flatRule(1_000, 1_000);

/** The books of one order, and what its journals have made of each account (credits positive). */
function ledger() {
  let books: Books | undefined;
  const accounts = new Map<string, number>();
  const posted: string[] = [];
  const take = <Refused>(decided: readonly BooksFact[] | Refused): Refused | readonly string[] => {
    if (isRefusal(decided)) return decided as Refused;
    const steps: string[] = [];
    for (const fact of decided as readonly BooksFact[]) {
      books = evolve(books, fact);
      if (fact.type !== "JournalPosted") continue;
      const { journal } = fact.data;
      steps.push(journal.step);
      posted.push(`${journal.sourceId} ${journal.step}`);
      for (const { account, side, amount } of journal.postings) {
        accounts.set(account, (accounts.get(account) ?? 0) + (side === "CREDIT" ? amount : -amount));
      }
    }
    assert.equal(new Set(posted).size, posted.length, "a source and step is posted once");
    return steps;
  };
  return {
    capture: (late = false, paymentId = "pay_1") => {
      const lines = [
        { ...line, amount: 10_000 },
        { ...fee, amount: 3_000 },
        { ...other, amount: 5_000 },
      ];
      return take(decideCapture(books, { orderId, paymentId, gateway: "toss", amount: 18_000, late, lines }));
    },
    complete: (storeOrderId = "sto_1") =>
      take(decideComplete(books, { orderId, storeOrderId, feeLineIds: ["oln_fee"], rule })),
    refund: (refundId: string, amounts: Record<string, number>) =>
      take(decideRefundIntent(books, ask(refundId, amounts))),
    confirm: (refundId: string, amounts: Record<string, number>) =>
      take(decideRefundConfirmed(books, ask(refundId, amounts))),
    refuse: (refundId: string) => take(decideRefundRefused(books, { orderId, refundId, gateway: "toss" })),
    balances: () => Object.fromEntries([...accounts].filter(([, balance]) => balance !== 0).sort()),
    books: () => books,
  };
}

function ask(refundId: string, amounts: Record<string, number>) {
  const lines = Object.entries(amounts).map(([orderLineId, amount]) => ({ orderLineId, amount }));
  return { orderId, refundId, gateway: "toss", amount: lines.reduce((sum, one) => sum + one.amount, 0), lines };
}

describe("a purchase", () => {
  test("is held per line when it is paid, once however often it is heard (J1)", () => {
    const { capture, balances } = ledger();
    assert.deepEqual([capture(), capture()], [["J1"], []]);
    assert.deepEqual(balances(), {
      "order_held:oln_fee": 3_000,
      "order_held:oln_item": 10_000,
      "order_held:oln_other": 5_000,
      "pg_clearing:toss": -18_000,
    });
  });

  test("of 10,000 won brings the seller 8,900, the house 1,000, the tax office 100; the fee is theirs (J2)", () => {
    const { capture, complete, balances } = ledger();
    capture();
    assert.deepEqual([complete(), complete()], [["J2"], []]);
    assert.deepEqual(balances(), {
      commission: 1_000,
      "order_held:oln_other": 5_000,
      "pg_clearing:toss": -18_000,
      "seller_payable:acc_s1": 11_900,
      vat_output: 100,
    });
  });

  test("is earned as well when its completion was heard before its money", () => {
    const one = ledger();
    one.complete();
    assert.deepEqual(one.capture(), ["J1", "J2"]);
    const two = ledger();
    two.capture();
    two.complete();
    assert.deepEqual(one.balances(), two.balances());
  });

  test("that is paid too late is held and never earned", () => {
    const { complete, capture, balances } = ledger();
    complete();
    assert.deepEqual(capture(true), ["J1-late"]);
    assert.equal(balances()["order_held:oln_item"], 10_000);
  });
});

describe("a refund", () => {
  test("waits for the capture, and never gives back more than a line has left", () => {
    const { capture, refund } = ledger();
    assert.deepEqual(refund("rfd_1", { oln_item: 1 }), { refused: "wallet.capture_not_posted" });
    capture();
    assert.deepEqual(refund("rfd_1", { oln_item: 4_000 }), ["J3"]);
    assert.deepEqual(refund("rfd_2", { oln_other: 1, oln_item: 6_001 }), {
      refused: "wallet.refund_exceeds",
      field: "lines.1.amount",
      details: { orderLineId: "oln_item", left: 6_000 },
    });
    assert.deepEqual(refund("rfd_3", { oln_none: 1 }), {
      refused: "wallet.refund_exceeds",
      field: "lines.0.amount",
      details: { orderLineId: "oln_none", left: 0 },
    });
  });

  test("takes the money from the line, and from the gateway once it is confirmed (J3, J4), each once", () => {
    const { capture, refund, confirm, balances } = ledger();
    capture();
    const all = { oln_item: 10_000, oln_fee: 3_000, oln_other: 5_000 };
    assert.deepEqual([refund("rfd_1", all), refund("rfd_1", all)], [["J3"], []]);
    assert.deepEqual(balances(), { "pg_clearing:toss": -18_000, "refund_in_transit:toss": 18_000 });
    assert.deepEqual([confirm("rfd_1", all), confirm("rfd_1", all)], [["J4"], []]);
    assert.deepEqual(balances(), {});
  });

  test("that the gateway refuses is turned round exactly, once", () => {
    const { capture, complete, refund, refuse, balances } = ledger();
    capture();
    complete();
    const before = balances();
    refund("rfd_1", { oln_item: 333 });
    assert.deepEqual([refuse("rfd_1"), refuse("rfd_1")], [["J3-reversed"], []]);
    assert.deepEqual(balances(), before);
    assert.deepEqual(refuse("rfd_unknown"), []);
  });

  test("that is refused after the completion leaves nothing held", () => {
    const { capture, complete, refund, refuse, balances } = ledger();
    capture();
    refund("rfd_1", { oln_item: 4_000 });
    complete();
    assert.equal(balances()["seller_payable:acc_s1"], 3_000 + 5_340);
    assert.deepEqual(refuse("rfd_1"), ["J3-reversed", "J2"]);
    assert.equal(balances()["seller_payable:acc_s1"], 11_900);
    assert.equal(balances()["order_held:oln_item"], undefined);
  });

  test("of a completed order comes from seller, house and tax, and the last won leaves nothing behind", () => {
    const { capture, complete, refund, confirm, balances } = ledger();
    capture();
    complete();
    const parts = [3_333, 1, 6_665, 1];
    for (const [n, amount] of parts.entries()) {
      refund(`rfd_${n}`, { oln_item: amount });
      confirm(`rfd_${n}`, { oln_item: amount });
    }
    assert.deepEqual(balances(), {
      "order_held:oln_other": 5_000,
      "pg_clearing:toss": -8_000,
      "seller_payable:acc_s1": 3_000,
    });
  });

  test("that was made at the gateway without us is taken in whole", () => {
    const { capture, confirm, balances } = ledger();
    capture();
    assert.deepEqual(confirm("rfd_9", { oln_other: 5_000 }), ["J3", "J4"]);
    assert.equal(balances()["pg_clearing:toss"], -13_000);
  });

  test("that contradicts itself stops for an operator", () => {
    const { capture, refund, refuse, confirm } = ledger();
    capture();
    refund("rfd_1", { oln_item: 5 });
    assert.throws(() => confirm("rfd_1", { oln_item: 6 }), /was meant to be 5 won/);
    refuse("rfd_1");
    assert.throws(() => confirm("rfd_1", { oln_item: 5 }), /was refused/);
  });
});
