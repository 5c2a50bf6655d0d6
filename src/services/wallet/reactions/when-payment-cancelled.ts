import { paymentCancelled } from "#contracts/payment/events.ts";
import { when } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import { type Books, booksKey } from "../domain/books.ts";
import { decideRefundConfirmed } from "../domain/refund.ts";

/** J4: the gateway has given the money back. */
export const whenPaymentCancelled = when(paymentCancelled, ({ data, traceparent }, _deps: Deps) => {
  const key = booksKey(data.orderId);
  return { keys: [key], traceparent, decide: (rows) => ({ facts: decideRefundConfirmed(rows.get<Books>(key), data) }) };
});
