import assert from "node:assert/strict";
import { paymentApproved } from "#contracts/payment/events.ts";
import type { TestApp } from "#platform/testing/app.ts";
import { operator, service } from "#platform/testing/people.ts";
import { invariants } from "./invariants.ts";

export const payment = service("payment");
export const auditor = operator("acc_auditor");

/** Ids that pass the contracts, told apart by a number. */
export function id(prefix: string, n: number): string {
  return `${prefix}_01jd7x${String(n).padStart(20, "0")}`;
}

export function linesOf(n: number, item = 10_000, fee = 3_000) {
  const owner = { storeOrderId: id("sto", n), sellerId: id("acc", 1) };
  return [
    { orderLineId: id("oln", n * 2), ...owner, amount: item },
    { orderLineId: id("oln", n * 2 + 1), ...owner, amount: fee },
  ];
}

export function approved(n: number, lines = linesOf(n)) {
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

export function completed(n: number) {
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

export function intent(n: number, amount: number, refund = n) {
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

export async function capture(app: TestApp, n: number): Promise<void> {
  app.say(paymentApproved, id("pay", n), approved(n));
  await app.settle();
}

export async function balanceOf(app: TestApp, account: string): Promise<number> {
  const sql = "select balance from balances where account = $1";
  const [row] = await app.sql<{ balance: number }>("wallet", sql, [account]);
  return row?.balance ?? 0;
}

/** What verify would find, by invariant. */
export async function offenders(app: TestApp): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const { id: name, sql } of invariants) {
    const rows = await app.adminSql(sql);
    if (rows.length > 0) found[name] = rows;
  }
  return found;
}
