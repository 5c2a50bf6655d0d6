import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { storeOrderCompleted } from "#contracts/order/events.ts";
import { paymentApproved, paymentCancelled, paymentCancelRefused } from "#contracts/payment/events.ts";
import { getOrderLedger, listAccounts, postRefundIntent } from "#contracts/wallet/operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import { startApp, type TestApp } from "#platform/testing/app.ts";
import { operator, service, withKey } from "#platform/testing/people.ts";
import { invariants } from "./invariants.ts";
import { wallet } from "./service.ts";

const payment = service("payment");
const auditor = operator("acc_auditor");

/** Ids that pass the contracts, told apart by a number. */
function id(prefix: string, n: number): string {
  return `${prefix}_01jd7x${String(n).padStart(20, "0")}`;
}

function linesOf(n: number, item = 10_000, fee = 3_000) {
  const owner = { storeOrderId: id("sto", n), sellerId: id("acc", 1) };
  return [
    { orderLineId: id("oln", n * 2), ...owner, amount: item },
    { orderLineId: id("oln", n * 2 + 1), ...owner, amount: fee },
  ];
}

function approved(n: number, lines = linesOf(n)) {
  return {
    paymentId: id("pay", n),
    orderId: id("ord", n),
    gateway: "toss" as const,
    method: "카드",
    amount: lines.reduce((sum, line) => sum + line.amount, 0),
    late: false,
    lines,
    approvedAt: "2026-11-21T03:01:00.000Z",
  };
}

function completed(n: number) {
  const [item, fee] = linesOf(n);
  const line = { optionIds: [], name: "떡볶이", optionText: "", quantity: 1 };
  return {
    orderId: id("ord", n),
    storeOrderId: id("sto", n),
    storeId: id("str", 1),
    sellerId: id("acc", 1),
    completedAt: "2026-11-21T04:00:00.000Z",
    lines: [
      { ...line, orderLineId: item?.orderLineId ?? "", kind: "ITEM" as const, amount: 10_000 },
      { ...line, orderLineId: fee?.orderLineId ?? "", kind: "DELIVERY_FEE" as const, amount: 3_000 },
    ],
  };
}

function intent(n: number, amount: number, refund = n) {
  const [item] = linesOf(n);
  assert.ok(item);
  const lines = [{ ...item, amount }];
  return {
    orderId: id("ord", n),
    refundId: id("rfd", refund),
    gateway: "toss" as const,
    amount,
    lines,
    reason: "취소",
  };
}

describe("the ledger", () => {
  let app: TestApp;
  before(async () => {
    app = await startApp({ services: [wallet] });
  });
  after(() => app.close());

  const capture = async (n: number) => {
    app.say(paymentApproved, id("pay", n), approved(n));
    await app.settle();
  };
  const balanceOf = async (account: string) => {
    const [row] = await app.sql<{ balance: number }>("wallet", "select balance from balances where account = $1", [
      account,
    ]);
    return row?.balance ?? 0;
  };
  const offenders = async () => {
    const found: Record<string, unknown> = {};
    for (const { id: name, sql } of invariants) {
      const rows = await app.adminSql(sql);
      if (rows.length > 0) found[name] = rows;
    }
    return found;
  };

  test("follows an order from its payment to its completion and a refund, in words people can read", async () => {
    await capture(1);
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
    assert.equal(await balanceOf(`seller_payable:${id("acc", 1)}`), 5_340 + 3_000);
    assert.deepEqual(await offenders(), {});
  });

  test("posts an event once, however often it is delivered", async () => {
    await capture(2);
    await capture(2);
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
    await capture(3);
    const keyed = withKey(payment, postRefundIntent, "refund-3");
    const answers = await Promise.all([
      ask(),
      ask(),
      app.call(postRefundIntent, intent(3, 10_000), keyed),
      app.call(postRefundIntent, intent(3, 10_000), keyed),
    ]);
    assert.deepEqual(answers, [{}, {}, {}, {}]);
    assert.equal(await balanceOf("refund_in_transit:toss"), 10_000);
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
    assert.equal(await balanceOf("refund_in_transit:toss"), 0);
    assert.equal(await balanceOf(`order_held:${id("oln", 6)}`), 10_000);
    assert.deepEqual(await offenders(), {});
  });

  test("takes 64 captures at once on one clearing account and loses none", async () => {
    const clearing = await balanceOf("pg_clearing:toss");
    for (let n = 100; n < 164; n++) app.say(paymentApproved, id("pay", n), approved(n));
    await app.settle();
    assert.equal(await balanceOf("pg_clearing:toss"), clearing + 64 * 13_000);
    const refunds = await Promise.all(
      Array.from({ length: 64 }, (_, n) => app.call(postRefundIntent, intent(100 + n, 500), payment)),
    );
    assert.ok(refunds.every((answer) => !isRefusal(answer)));
    // 64 who want 1,000 of the 9,500 that one line has left: nine get it.
    const race = await Promise.all(
      Array.from({ length: 64 }, (_, n) => app.call(postRefundIntent, intent(100, 1_000, 1_000 + n), payment)),
    );
    assert.equal(race.filter((answer) => !isRefusal(answer)).length, 9);
    assert.deepEqual(await offenders(), {});
  });

  test("cannot be changed by the service's own role, by any statement", async () => {
    const forbidden = [
      "update journals set total = 1",
      "update postings set amount = 1",
      "delete from postings",
      "delete from journals",
      "truncate postings",
      "update balances set debit = 0",
      "delete from balances",
      "update ledger_head set position = 0",
      "update account_classes set floored = false",
      "insert into postings (journal, line, account, side, amount) values (1, 99, 'commission', 'CREDIT', 5)",
      `insert into journals (position, source_type, source_id, step, order_id, at, total, prev_hash, hash)
       values (99999, 'x', 'x', 'J1', 'x', 'x', 1, '', '')`,
      "alter table postings disable trigger all",
    ];
    for (const statement of forbidden) {
      await assert.rejects(app.sql("wallet", statement), { code: "42501" }, statement);
    }
  });

  test("takes nothing unbalanced, unnamed or below a floor, not even through its own door", async () => {
    const post = (postings: object[], over: object = {}) => {
      const journal = {
        source_type: "test",
        source_id: "x",
        step: "J1",
        order_id: "ord_x",
        at: "x",
        postings,
        ...over,
      };
      return app.sql<{ post_journals: number }>("wallet", "select post_journals($1)", [JSON.stringify([journal])]);
    };
    const clearing = { account: "pg_clearing:x", side: "DEBIT", amount: 5 };
    const commission = { account: "commission", side: "CREDIT", amount: 5 };
    await assert.rejects(post([clearing, { ...commission, amount: 4 }]), { code: "MD021" });
    await assert.rejects(post([clearing]), { code: "MD021" });
    await assert.rejects(post([clearing, clearing]), { code: "MD021" });
    await assert.rejects(post([]), { code: "23502" });
    await assert.rejects(
      post([
        { ...clearing, amount: -5 },
        { ...commission, amount: -5 },
      ]),
      { code: "23514" },
    );
    await assert.rejects(
      post([
        { ...clearing, amount: 0 },
        { ...commission, amount: 0 },
      ]),
      { code: "23514" },
    );
    await assert.rejects(post([clearing, { ...commission, account: "nonsense:x" }]), { code: "23502" });
    const below = { account: "seller_payable:acc_poor", side: "DEBIT", amount: 5 };
    await assert.rejects(post([below, commission]), { code: "23514", constraint: "floored_balance_is_not_negative" });
    assert.deepEqual(await post([clearing, commission]), [{ post_journals: 1 }]);
    assert.deepEqual(await post([clearing, commission]), [{ post_journals: 0 }], "the same again is passed over");
    await assert.rejects(
      post([
        { ...clearing, amount: 6 },
        { ...commission, amount: 6 },
      ]),
      { code: "MD022" },
    );
    assert.deepEqual(Object.keys(await offenders()), ["wallet.facts_are_journals"], "verify finds what has no fact");
  });

  test("refuses even its owner an edit, an unbalanced posting and an empty journal", async () => {
    for (const statement of ["update wallet.postings set amount = 1", "delete from wallet.journals"]) {
      await assert.rejects(app.adminSql(statement), { code: "MD020" }, statement);
    }
    await assert.rejects(app.adminSql("truncate wallet.journals, wallet.postings"), { code: "MD020" });
    const posting = `insert into wallet.postings (journal, line, account, side, amount)
      values (1, 99, 'commission', 'CREDIT', 5)`;
    await assert.rejects(app.adminSql(posting), { code: "MD021" });
    const journal = `insert into wallet.journals (position, source_type, source_id, step, order_id, at, total, prev_hash, hash)
      values (99999, 'x', 'y', 'J1', 'x', 'x', 1, '', '')`;
    await assert.rejects(app.adminSql(journal), { code: "MD021" });
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

  test("shows a flipped amount, a moved hash and a cut end to verify", async () => {
    const chain = invariants.find((one) => one.id === "wallet.chain_is_whole");
    assert.ok(chain);
    const tampered = async (statement: string) => {
      await app.adminSql("begin");
      await app.adminSql("set local session_replication_role = replica");
      await app.adminSql(statement);
      const rows = await app.adminSql<{ position: number }>(chain.sql);
      await app.adminSql("rollback");
      return rows.map((row) => row.position);
    };
    assert.deepEqual(await tampered("select 1"), []);
    assert.deepEqual(
      await tampered("update wallet.postings set amount = amount + 1 where journal = 2 and line = 1"),
      [2],
    );
    assert.deepEqual(await tampered("update wallet.journals set order_id = 'ord_other' where position = 3"), [3]);
    assert.deepEqual(await tampered("update wallet.journals set hash = sha256(hash) where position = 4"), [4, 5]);
    assert.deepEqual(await tampered("delete from wallet.journals where position = 2"), [3]);
    const [end] = await app.adminSql<{ position: number }>("select position from wallet.ledger_head");
    assert.deepEqual(
      await tampered("delete from wallet.journals where position = (select max(position) from wallet.journals)"),
      [end?.position],
    );
  });
});
