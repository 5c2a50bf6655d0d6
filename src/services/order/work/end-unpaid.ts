import { closePayment } from "#contracts/payment/operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import { plus } from "#platform/core/time.ts";
import type { Task } from "#platform/facts/change.ts";
import type { OrderDeps } from "../deps.ts";
import { endOrder } from "../domain/cancel-order.ts";
import type { Order } from "../domain/order.ts";
import { asOrder, orderOf, settle } from "./steps.ts";

/**
 * The deadline has come, or somebody wants the unpaid order ended. Expiry asks (MECHANISMS.md §8): only a payment that
 * says `closed` ends the order. `undecided` is asked again until the holds end; then it is closed all the same, and a
 * later success refunds itself. `approved` is asked again too: the payment's event puts the next step in this one's
 * place, and until it is here the order must not be without one.
 */
export async function endUnpaid(task: Task, deps: OrderDeps): Promise<void> {
  const order = await orderOf(task, deps);
  const holdsAreOver = deps.clock.now() >= order.holdsUntil;
  const outcome = await askToClose(order, holdsAreOver, task, deps);
  const expired = order.ending === undefined;
  if (outcome === "closed") return settle(task, deps, (now) => endOrder(now, { expired }));
  await settle(task, deps, () => ({
    work: [
      {
        put: {
          key: task.key,
          kind: task.kind,
          stream: task.stream,
          data: task.data,
          dueAt: plus(deps.clock.now(), deps.times.askAgain),
        },
      },
    ],
  }));
}

async function askToClose(order: Order, force: boolean, task: Task, deps: OrderDeps) {
  if (order.paymentId === undefined) return "closed" as const;
  // Asking changes nothing that asking again would not, so each time is a question of its own.
  const { command, ...caller } = asOrder(task, closePayment);
  const once = { id: `${command?.id}:${deps.ids.make("request")}`, bodyHash: "" };
  const answer = await deps.call(closePayment, { orderId: order.orderId, force }, { ...caller, command: once });
  if (isRefusal(answer)) throw new Error(`payment refused to be closed: ${answer.refused}`);
  return answer.outcome;
}
