import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { storeOrderCompleted } from "#contracts/order/events.ts";
import { paymentApproved, paymentCancelled, paymentCancelRefused } from "#contracts/payment/events.ts";
import { getOrderLedger, listAccounts, postRefundIntent } from "#contracts/wallet/operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import { startApp, type TestApp } from "#platform/testing/app.ts";
import { withKey } from "#platform/testing/people.ts";
import { wallet } from "./service.ts";

import { approved, auditor, balanceOf, capture, completed, id, intent, offenders, payment } from "./testing.ts";

describe("the ledger", () => {
  let app: TestApp;
  before(async () => {
    app = await startApp({ services: [wallet] });
  });
  after(() => app.close());

  test("follows an order from its payment to its completion and a refund, in words people can read", async () => {
    await capture(app, 1);
    app.say(storeOrderCompleted, id("ord", 1), completed(1));
    await app.settle();
    assert.deepEqual(await app.call(postRefundIntent, intent(1, 4_000), payment), {});
    app.say(paymentCancelled, id("pay", 1), { ...intent(1, 4_000), paymentId: id("pay", 1) });
    await app.settle();
    const ledger = await app.call(getOrderLedger, { orderId: id("ord", 1) }, auditor);
    assert.ok(!isRefusal(ledger));
    assert.deepEqual(
      ledger.journals.map(({ step, label, rule, total }) => [step, label.ko, rule, total]),
      [
        ["J1", "결제 승인", undefined, 13_000],
        ["J2", "구매 확정", "flat-1000-vat-1000", 13_000],
        ["J3", "환불 의사", "flat-1000-vat-1000", 4_000],
        ["J4", "환불 완료", undefined, 4_000],
      ],
    );
    assert.deepEqual(
      ledger.journals[1]?.postings.map(({ account, side, amount }) => [account.split(":")[0], side, amount]),
      [
        ["order_held", "DEBIT", 10_000],
        ["seller_payable", "CREDIT", 8_900],
        ["commission", "CREDIT", 1_000],
        ["vat_output", "CREDIT", 100],
        ["order_held", "DEBIT", 3_000],
        ["seller_payable", "CREDIT", 3_000],
      ],
    );
    assert.equal(await balanceOf(app, `seller_payable:${id("acc", 1)}`), 5_340 + 3_000);
    assert.deepEqual(await offenders(app), {});
  });

  test("posts an event once, however often it is delivered", async () => {
    await capture(app, 2);
    await capture(app, 2);
    app.say(storeOrderCompleted, id("ord", 2), completed(2));
    app.say(storeOrderCompleted, id("ord", 2), completed(2));
    await app.settle();
    const rows = await app.sql("wallet", "select step from journals where order_id = $1 order by position", [
      id("ord", 2),
    ]);
    assert.deepEqual(rows, [{ step: "J1" }, { step: "J2" }]);
  });

  test("makes a refund wait for its capture, posts it once, and turns it round when the gateway refuses", async () => {
    const ask = () => app.call(postRefundIntent, intent(3, 10_000), payment);
    assert.deepEqual(await ask(), { refused: "wallet.capture_not_posted" });
    await capture(app, 3);
    const keyed = withKey(payment, postRefundIntent, "refund-3");
    const answers = await Promise.all([
      ask(),
      ask(),
      app.call(postRefundIntent, intent(3, 10_000), keyed),
      app.call(postRefundIntent, intent(3, 10_000), keyed),
    ]);
    assert.deepEqual(answers, [{}, {}, {}, {}]);
    assert.equal(await balanceOf(app, "refund_in_transit:toss"), 10_000);
    assert.deepEqual(await app.call(postRefundIntent, intent(3, 1, 33), payment), {
      refused: "wallet.refund_exceeds",
      field: "lines.0.amount",
      details: { orderLineId: id("oln", 6), left: 0 },
    });
    const refused = {
      paymentId: id("pay", 3),
      orderId: id("ord", 3),
      refundId: id("rfd", 3),
      gateway: "toss" as const,
    };
    app.say(paymentCancelRefused, id("pay", 3), { ...refused, reason: "NOT_CANCELABLE_PAYMENT" });
    await app.settle();
    assert.equal(await balanceOf(app, "refund_in_transit:toss"), 0);
    assert.equal(await balanceOf(app, `order_held:${id("oln", 6)}`), 10_000);
    assert.deepEqual(await offenders(app), {});
  });

  test("tells posted, pending and available of each account while a refund is under way, and after it (R13)", async () => {
    await capture(app, 4);
    app.say(storeOrderCompleted, id("ord", 4), { ...completed(4), lines: completed(4).lines.slice(0, 1) });
    await capture(app, 5);
    await app.settle();
    const held = `order_held:${id("oln", 10)}`;
    const standing = async (account: string) => {
      const page = await app.call(listAccounts, { class: account.split(":")[0] as "order_held", limit: 100 }, auditor);
      assert.ok(!isRefusal(page));
      const one = page.accounts.find((found) => found.account === account);
      return [one?.posted, one?.pending, one?.available, one?.balance];
    };
    const [payable] = await standing(`seller_payable:${id("acc", 1)}`);
    await app.call(postRefundIntent, intent(5, 6_000), payment);
    await app.call(postRefundIntent, intent(4, 4_000), payment);
    assert.deepEqual(await standing(held), [10_000, -6_000, 4_000, 4_000]);
    assert.deepEqual(await standing("refund_in_transit:toss"), [0, 10_000, 0, 10_000]);
    const less = (payable ?? 0) - 3_560;
    assert.deepEqual(await standing(`seller_payable:${id("acc", 1)}`), [payable, -3_560, less, less]);
    // What is reserved is not there for another refund.
    const second = await app.call(postRefundIntent, intent(5, 4_001, 55), payment);
    assert.ok(isRefusal(second) && second.refused === "wallet.refund_exceeds");
    const ids = { paymentId: id("pay", 4), orderId: id("ord", 4), refundId: id("rfd", 4), gateway: "toss" as const };
    app.say(paymentCancelRefused, id("pay", 4), { ...ids, reason: "NOT_CANCELABLE_PAYMENT" });
    app.say(paymentCancelled, id("pay", 5), { ...intent(5, 6_000), paymentId: id("pay", 5) });
    await app.settle();
    assert.deepEqual(await standing(held), [4_000, 0, 4_000, 4_000]);
    assert.deepEqual(await standing("refund_in_transit:toss"), [0, 0, 0, 0]);
    assert.deepEqual(await standing(`seller_payable:${id("acc", 1)}`), [payable, 0, payable, payable]);
    assert.deepEqual(await offenders(app), {});
  });

  test("takes 64 captures at once on one clearing account and loses none", async () => {
    const clearing = await balanceOf(app, "pg_clearing:toss");
    for (let n = 100; n < 164; n++) app.say(paymentApproved, id("pay", n), approved(n));
    await app.settle();
    assert.equal(await balanceOf(app, "pg_clearing:toss"), clearing + 64 * 13_000);
    const refunds = await Promise.all(
      Array.from({ length: 64 }, (_, n) => app.call(postRefundIntent, intent(100 + n, 500), payment)),
    );
    assert.ok(refunds.every((answer) => !isRefusal(answer)));
    // 64 who want 1,000 of the 9,500 that one line has left, asked in two processes: nine get it.
    const second = await startApp({ services: [wallet], database: app.database });
    const race = await Promise.all(
      Array.from({ length: 64 }, (_, n) => {
        const step = withKey(payment, postRefundIntent, `race-${n}`);
        return (n % 2 === 0 ? app : second).call(postRefundIntent, intent(100, 1_000, 1_000 + n), step);
      }),
    );
    await second.close();
    assert.equal(race.filter((answer) => !isRefusal(answer)).length, 9);
    assert.deepEqual(await offenders(app), {});
  });

  test("pages through its accounts", async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await app.call(
        listAccounts,
        { class: "order_held", limit: 50, ...(cursor ? { cursor } : {}) },
        auditor,
      );
      assert.ok(!isRefusal(page));
      seen.push(...page.accounts.map(({ account }) => account));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    const [count] = await app.sql<{ n: number }>(
      "wallet",
      "select count(*) as n from balances where class = 'order_held'",
    );
    assert.equal(seen.length, count?.n);
    assert.deepEqual(seen, [...new Set(seen)].sort());
    const all = await app.call(listAccounts, { limit: 2 }, auditor);
    assert.ok(!isRefusal(all) && all.nextCursor);
    const next = await app.call(listAccounts, { limit: 2, cursor: all.nextCursor }, auditor);
    assert.ok(!isRefusal(next) && next.accounts[0]?.account.startsWith("order_held:"));
    const broken = { refused: "wallet.cursor_invalid", field: "cursor", details: {} };
    assert.deepEqual(await app.call(listAccounts, { cursor: "rubbish" }, auditor), broken);
    assert.deepEqual(await app.call(getOrderLedger, { orderId: id("ord", 999) }, auditor), {
      refused: "wallet.order_not_found",
    });
  });
});
