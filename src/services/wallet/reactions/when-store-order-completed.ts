import { storeOrderCompleted } from "#contracts/order/events.ts";
import { when } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import { type Books, booksKey } from "../domain/books.ts";
import { decideComplete } from "../domain/capture.ts";

/** J2: what was held for the store order becomes the seller's, less commission and VAT. */
export const whenStoreOrderCompleted = when(storeOrderCompleted, ({ data, traceparent }, { rule }: Deps) => {
  const { orderId, storeOrderId, lines } = data;
  const key = booksKey(orderId);
  const feeLineIds = lines.filter((line) => line.kind === "DELIVERY_FEE").map((line) => line.orderLineId);
  const complete = { orderId, storeOrderId, feeLineIds, rule };
  return { keys: [key], traceparent, decide: (rows) => ({ facts: decideComplete(rows.get<Books>(key), complete) }) };
});
