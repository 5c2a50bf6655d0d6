import type { Caller } from "#platform/core/operation.ts";
import type { Instant } from "#platform/core/time.ts";
import type { Accepted, Rows, Task } from "#platform/facts/change.ts";
import type { OrderDeps } from "../deps.ts";
import type { OrderFact } from "../domain/facts.ts";
import type { Order } from "../domain/order.ts";

/** What every piece of the checkout's work carries: the fact that caused it, and the part it is about. */
export interface StepData {
  readonly cause: string;
  readonly storeOrderId?: string;
  readonly restock?: boolean;
}

/** This service as a caller, with the step's own key: the same step again is the same command to whoever is called. */
export function asOrder(task: Task, operation: { readonly name: string }): Caller {
  const { cause } = task.data as StepData;
  return {
    kind: "service",
    id: "order",
    roles: [],
    traceparent: task.traceparent,
    locale: "ko",
    command: { id: `order:${operation.name}:${cause}`, bodyHash: "" },
  };
}

/** Commits what a step found out, and with it that the step is done. */
export async function settle(
  task: Task,
  deps: OrderDeps,
  decide: (order: Order, now: Instant) => readonly OrderFact[] | Accepted,
): Promise<void> {
  const outcome = await deps.records.change({
    keys: [task.stream],
    traceparent: task.traceparent,
    actor: "system",
    settles: task.ref,
    decide: (rows: Rows, now) => {
      const order = rows.get<Order>(task.stream);
      const decided = order ? decide(order, now) : [];
      return Array.isArray(decided) ? { facts: decided } : (decided as Accepted);
    },
  });
  // What follows at once belongs to this step for whoever waits for it.
  if ("started" in outcome) await outcome.started;
}

export async function orderOf(task: Task, deps: OrderDeps): Promise<Order> {
  const order = (await deps.records.recall([task.stream])).get<Order>(task.stream);
  if (!order) throw new Error(`work on an order that is not there: ${task.stream}`);
  return order;
}
