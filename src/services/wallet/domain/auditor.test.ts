import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isRefusal } from "#platform/core/decision.ts";
import { type Books, type BooksFact, evolve } from "./books.ts";
import { decideCapture, decideComplete } from "./capture.ts";
import { flatRule } from "./commission.ts";
import { decideRefundConfirmed, decideRefundIntent, decideRefundRefused } from "./refund.ts";

// The auditor (MONEY.md R30): a naive ledger that knows nothing of journals. It keeps, per line, what was paid and what
// is on its way back, and says what every account must show. Compared after each command.
interface AuditedLine {
  readonly id: string;
  readonly storeOrderId: string;
  readonly sellerId: string;
  readonly isFee: boolean;
  readonly paid: number;
  left: number;
}

function auditor(lines: AuditedLine[], commissionPercent: number) {
  let isPaid = false;
  const completed = new Set<string>();
  const refunds = new Map<string, { amounts: number[]; status: "open" | "done" | "refused" }>();
  const total = (amounts: number[]) => amounts.reduce((sum, amount) => sum + amount, 0);
  const sumOf = (...statuses: string[]) =>
    total([...refunds.values()].filter((one) => statuses.includes(one.status)).map((one) => total(one.amounts)));
  return {
    pay: () => {
      if (!isPaid) for (const line of lines) line.left = line.paid;
      isPaid = true;
    },
    complete: (storeOrderId: string) => completed.add(storeOrderId),
    refund: (id: string, amounts: number[]): boolean => {
      if (refunds.has(id)) return true;
      if (!isPaid || lines.some((line, n) => (amounts[n] ?? 0) > line.left)) return false;
      for (const [n, line] of lines.entries()) line.left -= amounts[n] ?? 0;
      refunds.set(id, { amounts, status: "open" });
      return true;
    },
    settle: (id: string, status: "done" | "refused") => {
      const refund = refunds.get(id);
      if (refund?.status !== "open") return;
      refund.status = status;
      if (status === "refused") for (const [n, line] of lines.entries()) line.left += refund.amounts[n] ?? 0;
    },
    isOpen: (id: string) => refunds.get(id)?.status === "open",
    refundable: () => lines.map((line) => line.left),
    balances: () => {
      const expected = new Map<string, number>();
      const put = (account: string, amount: number) => expected.set(account, (expected.get(account) ?? 0) + amount);
      for (const line of isPaid ? lines : []) {
        if (!completed.has(line.storeOrderId)) {
          put(`order_held:${line.id}`, line.left);
          continue;
        }
        const commission = line.isFee ? 0 : Math.floor((line.left * commissionPercent) / 100);
        const vat = Math.floor(commission / 10);
        put("commission", commission);
        put("vat_output", vat);
        put(`seller_payable:${line.sellerId}`, line.left - commission - vat);
      }
      if (isPaid) put("pg_clearing:toss", sumOf("done") - total(lines.map((line) => line.paid)));
      put("refund_in_transit:toss", sumOf("open"));
      return sorted(expected);
    },
  };
}

function sorted(balances: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...balances].filter(([, balance]) => balance !== 0).sort());
}

function accountsOf(facts: readonly BooksFact[]): Record<string, number> {
  const accounts = new Map<string, number>();
  for (const fact of facts) {
    if (fact.type !== "JournalPosted") continue;
    for (const { account, side, amount } of fact.data.journal.postings) {
      assert.ok(amount > 0);
      accounts.set(account, (accounts.get(account) ?? 0) + (side === "CREDIT" ? amount : -amount));
    }
  }
  assert.equal(
    [...accounts.values()].reduce((sum, balance) => sum + balance, 0),
    0,
  );
  return sorted(accounts);
}

const sellers = ["acc_1", "acc_2", "acc_3"];
const basket = fc
  .array(fc.record({ seller: fc.nat({ max: 2 }), isFee: fc.boolean(), paid: fc.integer({ min: 1, max: 2_000 }) }), {
    minLength: 1,
    maxLength: 6,
    size: "max",
  })
  .map((parts) =>
    parts.map(({ seller, isFee, paid }, n): AuditedLine => {
      const sellerId = sellers[seller] ?? "";
      return { id: `oln_${n}`, storeOrderId: `sto_${seller}`, sellerId, isFee, paid, left: 0 };
    }),
  );
const refundId = fc.integer({ min: 1, max: 6 }).map((n) => `rfd_${n}`);
const command = fc.oneof(
  { arbitrary: fc.constant({ do: "pay" as const }), weight: 2 },
  { arbitrary: fc.record({ do: fc.constant("complete" as const), seller: fc.nat({ max: 2 }) }), weight: 2 },
  {
    arbitrary: fc.record({
      do: fc.constant("refund" as const),
      refundId,
      // Shares of what is left, so that most intents fit; above 1000 they ask too much.
      permille: fc.array(fc.integer({ min: 0, max: 1_050 }), { minLength: 6, maxLength: 6 }),
    }),
    weight: 5,
  },
  { arbitrary: fc.record({ do: fc.constant("confirm" as const), refundId }), weight: 3 },
  { arbitrary: fc.record({ do: fc.constant("refuse" as const), refundId }), weight: 2 },
);

/** The books and the auditor side by side: each command goes to both, and every account is compared after it. */
function sideBySide(lines: AuditedLine[], percent: number) {
  const audit = auditor(lines, percent);
  const facts: BooksFact[] = [];
  const rule = flatRule(percent * 100, 1_000);
  const orderId = "ord_1";
  const asked = new Map<string, number[]>();
  let books: Books | undefined;
  const take = (decided: readonly BooksFact[]) => {
    for (const fact of decided) {
      books = evolve(books, fact);
      facts.push(fact);
    }
    assert.deepEqual(accountsOf(facts), audit.balances());
  };
  const intentOf = (id: string, amounts: number[]) => {
    const parts = lines.map((line, n) => ({ orderLineId: line.id, amount: amounts[n] ?? 0 }));
    const amount = parts.reduce((sum, part) => sum + part.amount, 0);
    return { orderId, refundId: id, gateway: "toss", amount, lines: parts };
  };
  const pay = () => {
    audit.pay();
    const paid = lines.map(({ id, storeOrderId, sellerId, paid: amount }) => {
      return { orderLineId: id, storeOrderId, sellerId, amount };
    });
    const amount = paid.reduce((sum, part) => sum + part.amount, 0);
    take(decideCapture(books, { orderId, paymentId: "pay_1", gateway: "toss", amount, late: false, lines: paid }));
  };
  const complete = (storeOrderId: string) => {
    audit.complete(storeOrderId);
    const feeLineIds = lines.filter((line) => line.isFee).map((line) => line.id);
    take(decideComplete(books, { orderId, storeOrderId, feeLineIds, rule }));
  };
  const refund = (id: string, amounts: number[]) => {
    const intent = intentOf(id, amounts);
    if (intent.amount === 0) return;
    const decided = decideRefundIntent(books, intent);
    assert.equal(!isRefusal(decided), audit.refund(id, amounts));
    if (isRefusal(decided)) return;
    if (!asked.has(id)) asked.set(id, amounts);
    take(decided);
  };
  const settle = (id: string, status: "done" | "refused") => {
    const amounts = asked.get(id);
    if (!amounts || !audit.isOpen(id)) return;
    audit.settle(id, status);
    const intent = intentOf(id, amounts);
    take(status === "done" ? decideRefundConfirmed(books, intent) : decideRefundRefused(books, intent));
  };
  const open = () => [...asked.keys()];
  return { pay, complete, refund, settle, open, left: audit.refundable, accounts: () => accountsOf(facts) };
}

type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;

function run(both: ReturnType<typeof sideBySide>, what: Command): void {
  if (what.do === "pay") both.pay();
  else if (what.do === "complete") both.complete(`sto_${what.seller}`);
  else if (what.do === "refund") {
    const share = (amount: number, n: number) => Math.ceil((amount * (what.permille[n] ?? 0)) / 1_000);
    both.refund(what.refundId, both.left().map(share));
  } else both.settle(what.refundId, what.do === "confirm" ? "done" : "refused");
}

test("the ledger shows what the auditor computes, after every command, and the last refund leaves nothing", () => {
  const commandLists = fc.array(command, { minLength: 5, maxLength: 40, size: "max" });
  const property = fc.property(basket, fc.constantFrom(0, 3, 10, 33), commandLists, (lines, percent, commands) => {
    const both = sideBySide(lines, percent);
    for (const what of commands) run(both, what);
    // The rest goes back: whatever happened before, nothing may stay anywhere (I5, I12).
    both.pay();
    both.refund("rfd_last", both.left());
    for (const id of both.open()) both.settle(id, "done");
    assert.deepEqual(both.accounts(), {});
  });
  fc.assert(property, { numRuns: 400 });
});
