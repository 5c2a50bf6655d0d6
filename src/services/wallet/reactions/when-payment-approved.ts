import { paymentApproved } from "#contracts/payment/events.ts";
import { when } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import { type Books, booksKey } from "../domain/books.ts";
import { decideCapture } from "../domain/capture.ts";

/** J1, of late captures too: the money is there. */
export const whenPaymentApproved = when(paymentApproved, ({ data, traceparent }, _deps: Deps) => {
  const key = booksKey(data.orderId);
  return {
    keys: [key],
    makes: [key],
    traceparent,
    decide: (rows) => ({ facts: decideCapture(rows.get<Books>(key), data) }),
  };
});
