import * as contract from "#contracts/payment/buyer-operations.ts";
import { reject } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import type { OpenPayment } from "../domain/payment.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import { summaryOf } from "./payment-view.ts";

const pageSize = 20;
const firstPage = `select data from states where buyer_id = $1 order by opened_at desc, key desc limit $2`;
const nextPage = `select data from states where buyer_id = $1 and (opened_at, key) < ($3, $4)
  order by opened_at desc, key desc limit $2`;

export const listPayments = handle(contract.listPayments, async (input, caller, deps: Deps) => {
  const { cursor, limit = pageSize } = input;
  const after = cursor === undefined ? undefined : readCursor(cursor);
  if (after === null) return reject("payment.cursor_invalid", { field: "cursor" });
  // One more than asked for: whether it comes tells whether there is a next page.
  const rows = after
    ? await deps.sql.rows<{ data: OpenPayment }>("payments-next", nextPage, [caller.id, limit + 1, ...after])
    : await deps.sql.rows<{ data: OpenPayment }>("payments-first", firstPage, [caller.id, limit + 1]);
  const payments = rows.slice(0, limit).map((row) => row.data);
  const last = payments.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    payments: payments.map(summaryOf),
    ...(more ? { nextCursor: writeCursor(last.opened.at, last.paymentId) } : {}),
  };
});
