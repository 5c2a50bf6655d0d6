import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startApp, type TestApp } from "#platform/testing/app.ts";
import { columnsOf } from "./commit-with.ts";
import { invariants } from "./invariants.ts";
import { wallet } from "./service.ts";
import { capture, offenders } from "./testing.ts";

describe("the ledger guards itself: it", () => {
  let app: TestApp;
  before(async () => {
    app = await startApp({ services: [wallet] });
    for (let n = 1; n <= 6; n++) await capture(app, n);
  });
  after(() => app.close());

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
      "update open_intents set total = 1",
      "delete from open_intents",
      "alter table postings disable trigger all",
    ];
    for (const statement of forbidden) {
      await assert.rejects(app.sql("wallet", statement), { code: "42501" }, statement);
    }
  });

  test("takes nothing unbalanced, unnamed or below a floor, not even through its own door", async () => {
    const post = (postings: object[]) => {
      const journal = { sourceType: "test", sourceId: "x", step: "J1", orderId: "ord_x", at: "x", postings };
      const text = "select post_journals($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)";
      return app.sql<{ post_journals: number }>("wallet", text, columnsOf([journal as never]));
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
    assert.deepEqual(Object.keys(await offenders(app)), ["wallet.facts_are_journals"], "verify finds what has no fact");
  });

  test("refuses even its owner an edit, an unbalanced posting and an empty journal", async () => {
    for (const statement of ["update wallet.postings set amount = 1", "delete from wallet.journals"]) {
      await assert.rejects(app.adminSql(statement), { code: "MD020" }, statement);
    }
    await assert.rejects(app.adminSql("truncate wallet.journals, wallet.postings"), { code: "MD020" });
    const posting = `insert into wallet.postings (journal, line, account, side, amount)
      values (1, 99, 'commission', 'CREDIT', 5)`;
    await assert.rejects(app.adminSql(posting), { code: "MD021" });
    const journal = `insert into wallet.journals
        (position, source_type, source_id, step, order_id, at, total, prev_hash, hash)
      values (99999, 'x', 'y', 'J1', 'x', 'x', 1, '', '')`;
    await assert.rejects(app.adminSql(journal), { code: "MD021" });
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
