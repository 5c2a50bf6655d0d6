import * as contract from "#contracts/wallet/operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import { type Books, booksKey } from "../domain/books.ts";
import { decideRefundIntent, type RefundProblem } from "../domain/refund.ts";

/** J3. One refund id is one journal, however often and under whatever key it is asked for. */
export const postRefundIntent = handle(contract.postRefundIntent, async (input, caller, deps: Deps) => {
  const key = booksKey(input.orderId);
  const outcome = await deps.records.change<RefundProblem>({
    keys: [key],
    ...(caller.command ? { command: caller.command } : {}),
    ...(caller.id === undefined ? {} : { actor: caller.id }),
    traceparent: caller.traceparent,
    decide(rows) {
      const facts = decideRefundIntent(rows.get<Books>(key), input);
      return isRefusal(facts) ? facts : { facts };
    },
  });
  return isRefusal(outcome) ? outcome : {};
});
