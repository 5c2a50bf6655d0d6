import type { Static } from "typebox";
import type { KitchenTicket } from "#contracts/order/seller-operations.ts";
import type { OrderProgress, QueueTicket, watchOrder, watchStoreOrders } from "#contracts/order/watch-operations.ts";
import { type Instant, plus } from "#platform/core/time.ts";
import type { HeardEvent } from "#platform/http/watch/read-events.ts";
import { won } from "../order/print.ts";

type Order = Static<(typeof watchOrder.says)["order"]>;
type Part = Static<(typeof watchOrder.says)["part"]>;
type Moved = Static<(typeof watchStoreOrders.says)["moved"]>;

/** Rings where a terminal can. */
export const BELL = "\u0007";

/** Puts events into lines for a person. It remembers the numbers of the orders that it was told of. */
export function makeLines(): (event: HeardEvent) => readonly string[] {
  const numbers = new Map<string, string>();
  return (event) => {
    const { waiting = [], tickets = [], ticket } = event.data as Tickets & { readonly ticket?: KitchenTicket };
    for (const { storeOrderId, orderNo } of [...waiting, ...tickets, ...(ticket ? [ticket] : [])]) {
      numbers.set(storeOrderId, orderNo);
    }
    return linesOf(event, numbers);
  };
}

interface Tickets {
  readonly waiting?: readonly QueueTicket[];
  readonly tickets?: readonly KitchenTicket[];
}

function linesOf({ name, data }: HeardEvent, numbers: ReadonlyMap<string, string>): readonly string[] {
  switch (name) {
    case "open":
    case "reload":
      return standing(data as Tickets & Partial<OrderProgress>);
    case "arrived": {
      const { at, ticket } = data as { at: string; ticket: QueueTicket };
      return [`${timeOf(at)}  새 주문 · new order   ${queued(ticket)}`, ...items(ticket.lines)];
    }
    case "ticket": {
      const { at, ticket } = data as { at: string; ticket: KitchenTicket };
      return [`${timeOf(at)}  ${cooking(ticket)}`, ...(ticket.status === "ACCEPTED" ? items(ticket.lines) : [])];
    }
    case "moved":
    case "gone": {
      const { at, status, storeOrderId, reason } = data as Moved;
      return [`${timeOf(at)}  ${numbers.get(storeOrderId) ?? storeOrderId}  ${statusOf(status)}${because(reason)}`];
    }
    case "order": {
      const { at, status, reason } = data as Order;
      return [`${timeOf(at)}  ${statusOf(status)}${because(reason)}`];
    }
    case "part":
      return [partLine(data as Part)];
    default:
      return [];
  }
}

function partLine({ at, status, storeOrderId, reason, order, ...told }: Part): string {
  const { storeName = "", refunded = 0 } = order.parts.find((part) => part.storeOrderId === storeOrderId) ?? {};
  const { estimatedMinutes, carrier, trackingNo } = told;
  const when = estimatedMinutes === undefined ? "" : `  ${estimatedMinutes}분 · min`;
  const parcel = carrier === undefined ? "" : `  ${carrier} ${trackingNo}`;
  const refund = refunded === 0 ? "" : `  환불 · refunded ${won(refunded)}`;
  return `${timeOf(at)}  ${storeName}  ${statusOf(status)}${when}${parcel}${refund}${because(reason)}`;
}

/** Whether this order will not move any more. */
export function isOver({ name, data }: HeardEvent): boolean {
  const progress = name === "open" || name === "reload" ? data : (data as Partial<Part>).order;
  const { status, parts } = (progress ?? {}) as Partial<OrderProgress>;
  return parts !== undefined && (status === "COMPLETED" || status === "CANCELLED");
}

function standing({ waiting, tickets, ...order }: Tickets & Partial<OrderProgress>): string[] {
  if (waiting)
    return [`기다리는 주문 · waiting ${waiting.length}`, ...waiting.map((ticket) => `          ${queued(ticket)}`)];
  if (tickets) return [`주방 · kitchen ${tickets.length}`, ...tickets.map((ticket) => `          ${cooking(ticket)}`)];
  const { orderNo, title, status = "", parts = [] } = order;
  const stores = parts.map((part) => `          ${part.storeName}  ${statusOf(part.status)}`);
  return [`${orderNo}  ${title}  ${statusOf(status)}`, ...stores];
}

function queued({ orderNo, title, total, fulfilment, status, acceptBy }: QueueTicket): string {
  const until = acceptBy === undefined ? "" : `  ${timeOf(acceptBy)}까지 · accept by`;
  return `${orderNo}  ${title}  ${won(total)}  ${FULFILMENTS[fulfilment]}  ${statusOf(status)}${until}`;
}

function cooking({ orderNo, status, note }: KitchenTicket): string {
  return `${orderNo}  ${statusOf(status)}${note === undefined ? "" : `  "${note}"`}`;
}

function items(lines: QueueTicket["lines"]): string[] {
  return lines.map(({ name, optionText, quantity }) =>
    `            ${name} ${optionText} × ${quantity}`.replace("  ×", " ×"),
  );
}

function because(reason: string | undefined): string {
  return reason === undefined ? "" : `  (${reason})`;
}

const FULFILMENTS = {
  DELIVERY: "배달 · delivery",
  PICKUP: "포장 · pickup",
  DINE_IN: "매장 · dine-in",
  PARCEL: "배송 · parcel",
} as const;

const STATUSES: Readonly<Record<string, string>> = {
  PENDING_PAYMENT: "결제 대기 · to be paid",
  PAYMENT_FAILED: "결제 거절 · payment declined",
  PAID: "결제됨 · paid",
  ACCEPTED: "수락 · accepted",
  PREPARING: "준비 중 · preparing",
  READY: "준비 완료 · ready",
  OUT_FOR_DELIVERY: "배달 출발 · out for delivery",
  SHIPPED: "발송 · shipped",
  DELIVERED: "도착 · delivered",
  COMPLETED: "완료 · completed",
  CANCELLING: "취소 중 · cancelling",
  CANCELLED: "취소됨 · cancelled",
  REJECTED: "거절됨 · rejected",
};

function statusOf(status: string): string {
  return STATUSES[status] ?? status;
}

/** The time of day in Seoul, as `12:03:07`. */
function timeOf(at: string): string {
  return plus(at as Instant, { hours: 9 }).slice(11, 19);
}
