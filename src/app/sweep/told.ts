import type { Told } from "./client.ts";
import type { OrderRow } from "./stage.ts";

/** What the buyer and the sellers were told never contradicts what became of the order (H6). */
export function tellsTheSame(order: OrderRow, told: readonly Told[]): string[] {
  return told.flatMap((one) => {
    const wrong = one.answer ? ofAnswer(order, one.operation, one.answer) : ofRefusal(order, one);
    return wrong === undefined ? [] : [`told by ${one.operation}: ${wrong}`];
  });
}

function ofAnswer(order: OrderRow, operation: string, answer: Readonly<Record<string, unknown>>): string | undefined {
  if (operation === "confirmPayment") {
    return answer.status === "APPROVED" && order.paidAt === undefined
      ? "APPROVED, and the order was never paid"
      : undefined;
  }
  const parts = partsIn(answer);
  const unheard = parts.find(({ storeOrderId, status }) => {
    const known = order.storeOrders.find((part) => part.storeOrderId === storeOrderId);
    return known && !known.history.some((move) => move.status === status);
  });
  return unheard && `${unheard.status}, which its part has never been`;
}

function ofRefusal(order: OrderRow, { operation, refused }: Told): string | undefined {
  if (operation !== "placeOrder" || refused === "request.in_flight") return undefined;
  const isOver = order.storeOrders.every((part) => part.status === "CANCELLED");
  if (!isOver) return `${refused}, and the order lives`;
  return order.paidAt === undefined ? undefined : `${refused}, and the order was charged`;
}

interface ToldPart {
  readonly storeOrderId: string;
  readonly status: string;
}

/** An answer is one part of the order, or the whole with its parts. */
function partsIn(answer: Readonly<Record<string, unknown>>): readonly ToldPart[] {
  if (Array.isArray(answer.storeOrders)) return answer.storeOrders as readonly ToldPart[];
  return typeof answer.storeOrderId === "string" ? [answer as unknown as ToldPart] : [];
}
