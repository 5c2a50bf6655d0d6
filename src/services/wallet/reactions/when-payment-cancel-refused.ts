import { paymentCancelRefused } from "#contracts/payment/events.ts";
import { when } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import { type Books, booksKey } from "../domain/books.ts";
import { decideRefundRefused } from "../domain/refund.ts";

/** The exact reverse of J3: the gateway refused for good. */
export const whenPaymentCancelRefused = when(paymentCancelRefused, ({ data, traceparent }, _deps: Deps) => {
  const key = booksKey(data.orderId);
  return { keys: [key], traceparent, decide: (rows) => ({ facts: decideRefundRefused(rows.get<Books>(key), data) }) };
});
