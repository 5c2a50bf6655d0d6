import * as contract from "#contracts/payment/buyer-operations.ts";
import { reject } from "#platform/core/decision.ts";
import { cutPage, LAST, readCursor } from "#platform/http/page.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import type { OpenPayment } from "../domain/payment.ts";
import { summaryOf } from "./payment-view.ts";

const pageSize = 20;
const newestFirst = `select data from states where buyer_id = $1 and (opened_at, key) < ($2, $3)
  order by opened_at desc, key desc limit $4`;

export const listPayments = handle(contract.listPayments, async (input, caller, deps: Deps) => {
  const { cursor, limit = pageSize } = input;
  const after = readCursor(cursor) ?? LAST;
  if (after === "invalid") return reject("payment.cursor_invalid", { field: "cursor" });
  const values = [caller.id, after.sorted, after.key, limit + 1];
  const rows = await deps.sql.rows<{ data: OpenPayment }>("payments", newestFirst, values);
  const { shown, ...next } = cutPage(rows, limit, ({ data }) => ({ sorted: data.opened.at, key: data.paymentId }));
  return { payments: shown.map(({ data }) => summaryOf(data)), ...next };
});
