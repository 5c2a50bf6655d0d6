import {
  paymentApproved,
  paymentCancelled,
  paymentCancelRefused,
  paymentExpired,
  paymentFailed,
  paymentRequested,
  paymentUnknown,
} from "#contracts/payment/events.ts";
import { type Announcement, announcement } from "#platform/core/event.ts";
import type { StoredFact } from "#platform/facts/change.ts";
import type { PaymentFact } from "./domain/facts.ts";

/** The one place where private facts become public events. */
export function announce(stored: StoredFact): readonly Announcement[] {
  const fact = stored as unknown as PaymentFact;
  const paymentId = fact.stream;
  const { orderId } = fact.data;
  const ids = { paymentId, orderId };
  switch (fact.type) {
    case "CheckoutOpened":
    case "AttemptStarted": {
      const { opens } = fact.data;
      if (!opens) return [];
      const { buyerId, amount, expiresAt } = opens;
      return [announcement(paymentRequested, { ...ids, buyerId, amount, expiresAt })];
    }
    case "PaymentClosed":
      // A tombstone closes what nobody has opened: there is nobody to tell.
      return fact.data.opened ? [announcement(paymentExpired, ids)] : [];
    case "AttemptUncertain": {
      const { attemptId, gateway, operation } = fact.data;
      return operation === "confirm" ? [announcement(paymentUnknown, { ...ids, gateway, attemptId })] : [];
    }
    case "PaymentApproved": {
      const { gateway, method, amount, late, approvedAt, lines } = fact.data;
      return [announcement(paymentApproved, { ...ids, gateway, method, amount, late, lines: [...lines], approvedAt })];
    }
    case "AttemptDeclined":
      return [announcement(paymentFailed, { ...ids, gateway: fact.data.gateway, reason: fact.data.code })];
    case "RefundCompleted": {
      const { refundId, gateway, amount, lines } = fact.data;
      return [announcement(paymentCancelled, { ...ids, refundId, gateway, amount, lines: [...lines] })];
    }
    case "RefundRefused": {
      const { refundId, gateway, code } = fact.data;
      return [announcement(paymentCancelRefused, { ...ids, refundId, gateway, reason: code })];
    }
    case "RefundAccepted":
    case "CancelDeclined":
    case "DecisionProposed":
    case "DecisionConfirmed":
      return [];
  }
}
