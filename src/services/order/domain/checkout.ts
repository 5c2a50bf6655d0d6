import type { Instant } from "#platform/core/time.ts";
import type { OrderFact, Secured } from "./facts.ts";
import { findPart, type Order } from "./order.ts";

/** The kinds of work of the checkout; `work/` carries each out. */
export type CheckoutWork =
  | "end-unpaid"
  | "release-holds"
  | "commit-stock"
  | "reject-unaccepted"
  | "refund-part"
  | "complete-part";

/** Why a fact leads to nothing: closed, so that silence is a decision and not an oversight. */
export type Ignored =
  | "paid_at_once"
  | "holds_stay_until_the_deadline"
  | "the_deadline_runs_on"
  | "sellers_go_on"
  | "the_refund_follows"
  | "over"
  | "operators_decide";

export type CheckoutStep =
  | {
      readonly put: {
        readonly key: string;
        readonly kind: CheckoutWork;
        readonly stream: string;
        readonly dueAt?: Instant;
        readonly data?: unknown;
      };
    }
  | { readonly settle: string }
  | { readonly ignore: Ignored };

/** A fact with its place: (stream, version, index) is the key of what follows from it. */
export type PlacedFact = OrderFact & { readonly version: number; readonly at: Instant };

/**
 * The process manager (MECHANISMS.md §8): what follows from each fact of an order, given the order after it. The main
 * line has one piece of work at a time under the order's own key: the unpaid deadline, then commit the stock. A step's idempotency key is its cause's (stream, version), so the same step may happen twice in one order.
 */
export function checkout(order: Order, happened: PlacedFact): readonly CheckoutStep[] {
  const { orderId } = order;
  const cause = `${orderId}.${happened.version}`;
  const main = (kind: CheckoutWork, dueAt?: Instant): CheckoutStep => ({
    put: { key: orderId, kind, stream: orderId, data: { cause }, ...(dueAt === undefined ? {} : { dueAt }) },
  });
  switch (happened.type) {
    case "OrderPlaced":
      return order.paymentId === undefined ? [{ ignore: "paid_at_once" }] : [main("end-unpaid", order.payBy)];
    case "OrderEnded":
      return [main("release-holds")];
    case "EndAsked":
      return [main("end-unpaid")];
    case "PaymentDeclined":
      return [{ ignore: "holds_stay_until_the_deadline" }];
    case "PaymentRetried":
      return [{ ignore: "the_deadline_runs_on" }];
    case "OrderPaid": {
      const { secured } = happened.data;
      return secured ? [{ settle: orderId }, ...acceptDeadlines(orderId, secured, cause)] : [main("commit-stock")];
    }
    case "StockCommitted": {
      const deadlines = acceptDeadlines(orderId, happened.data, cause);
      return deadlines.length > 0 ? deadlines : [{ ignore: "sellers_go_on" }];
    }
    case "StoreOrderMoved":
      return partSteps(order, happened, cause);
    case "CancelStarted":
      return [
        settleOf(happened, "accept"),
        settleOf(happened, "complete"),
        partWork(happened, "refund", "refund-part", { cause, restock: happened.data.restock }),
      ];
    case "StoreOrderCancelled":
      return [{ ignore: "over" }];
    case "RefundRefused":
      return [{ ignore: "operators_decide" }];
  }
}

/** A part of the order of this stream: a fact of a part is one. */
interface OfPart {
  readonly stream: string;
  readonly data: { readonly storeOrderId: string };
}

function acceptDeadlines(stream: string, { acceptBy, waiting }: Secured, cause: string): readonly CheckoutStep[] {
  return waiting.map((data) => partWork({ stream, data }, "accept", "reject-unaccepted", { cause }, acceptBy));
}

function partSteps(
  order: Order,
  happened: PlacedFact & { readonly type: "StoreOrderMoved" },
  cause: string,
): readonly CheckoutStep[] {
  const { to, completesAt, storeOrderId } = happened.data;
  switch (to) {
    case "ACCEPTED":
      return findPart(order, storeOrderId)?.autoAccept ? [{ ignore: "sellers_go_on" }] : [settleOf(happened, "accept")];
    case "DELIVERED":
      return [partWork(happened, "complete", "complete-part", { cause }, completesAt)];
    case "COMPLETED":
      return [settleOf(happened, "complete")];
    default:
      return [{ ignore: "sellers_go_on" }];
  }
}

function partWork(
  part: OfPart,
  name: string,
  kind: CheckoutWork,
  data: { readonly cause: string; readonly restock?: boolean },
  dueAt?: Instant,
): CheckoutStep {
  const { storeOrderId } = part.data;
  const work = { key: `${storeOrderId}.${name}`, kind, stream: part.stream, data: { storeOrderId, ...data } };
  return { put: dueAt === undefined ? work : { ...work, dueAt } };
}

function settleOf(part: OfPart, name: string): CheckoutStep {
  return { settle: `${part.data.storeOrderId}.${name}` };
}
