import { releaseStock, reserveStock } from "#contracts/stock/operations.ts";
import { isRefusal, type Refusal, reject } from "#platform/core/decision.ts";
import type { Caller, Operation } from "#platform/core/operation.ts";
import { Busy } from "#platform/http/problem.ts";
import type { OrderDeps } from "../deps.ts";
import type { Order } from "../domain/order.ts";
import type { PlaceOrder } from "../domain/place-order.ts";

/**
 * Holds the stock of an order that is not there yet, or says why it cannot be had. Nothing is left behind by whoever
 * dies now: the same order again asks for the same holds, and holds without an order end by themselves (D3).
 *
 * @throws Busy while stock does not know an item yet that we know already.
 */
export async function takeHolds(
  command: PlaceOrder,
  caller: Caller,
  deps: OrderDeps,
): Promise<PlaceOrder | Refusal<"order.sold_out" | "order.could_not_hold">> {
  const { orderId, priced, lineIds, holdsUntil } = command;
  const lines = priced.parts.flatMap((part, at) =>
    part.lines.flatMap(({ quantity, skuIds }, n) =>
      skuIds.map((skuId) => ({ orderLineId: lineIds[at]?.[n] ?? "", skuId, quantity })),
    ),
  );
  const input = { orderId, lines, expiresAt: holdsUntil };
  const answer = await deps.call(reserveStock, input, inNameOfOrder(caller, reserveStock, orderId));
  if (!isRefusal(answer)) return { ...command, isHeld: answer.isHeld };
  if (answer.refused === "stock.unknown_sku") throw new Busy("stock does not know an item yet");
  // The buyer is told in the order's words; the other service's code stays in the details.
  const code = answer.refused === "stock.sold_out" ? "order.sold_out" : "order.could_not_hold";
  const { field, details } = answer;
  return reject(code, { ...details, because: answer.refused, ...(field === undefined ? {} : { field }) });
}

/** What was held for an order that was refused all the same goes back at once. One that is there keeps its holds. */
export async function letGo({ orderId, isHeld }: PlaceOrder, caller: Caller, deps: OrderDeps): Promise<void> {
  if (!isHeld || (await deps.records.read([orderId])).get<Order>(orderId)) return;
  const input = { orderId, restock: true, reason: "not placed" };
  await deps.call(releaseStock, input, inNameOfOrder(caller, releaseStock, orderId));
}

function inNameOfOrder(caller: Caller, { name }: Operation, orderId: string): Caller {
  return { ...caller, kind: "service", id: "order", command: { id: `order:${name}:${orderId}`, bodyHash: "" } };
}
