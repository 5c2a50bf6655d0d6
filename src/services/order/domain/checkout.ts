import type { NewFact } from "#platform/core/decision.ts";
import type { Instant } from "#platform/core/time.ts";
import type { OrderFact } from "./facts.ts";
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
    case "OrderPaid":
      return [order.isSecured ? { settle: orderId } : main("commit-stock")];
    case "StockCommitted":
      return [{ ignore: "sellers_go_on" }];
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

type PartFact = PlacedFact & NewFact<string, { readonly storeOrderId: string }>;

function partSteps(
  order: Order,
  happened: PlacedFact & { readonly type: "StoreOrderMoved" },
  cause: string,
): readonly CheckoutStep[] {
  const { to, acceptBy, completesAt, storeOrderId } = happened.data;
  switch (to) {
    case "PAID":
      return [partWork(happened, "accept", "reject-unaccepted", { cause }, acceptBy)];
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
  happened: PartFact,
  name: string,
  kind: CheckoutWork,
  data: { readonly cause: string; readonly restock?: boolean },
  dueAt?: Instant,
): CheckoutStep {
  const { storeOrderId } = happened.data;
  const work = { key: `${storeOrderId}.${name}`, kind, stream: happened.stream, data: { storeOrderId, ...data } };
  return { put: dueAt === undefined ? work : { ...work, dueAt } };
}

function settleOf(happened: PartFact, name: string): CheckoutStep {
  return { settle: `${happened.data.storeOrderId}.${name}` };
}
