import { approveStore, reinstateStore, rejectStore, suspendStore } from "#contracts/store/operations.ts";
import { isRefusal, reject } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import type { StoreDeps } from "../deps.ts";
import { type MoveName, move, moves, needsComment } from "../domain/moves.ts";
import { changeStore } from "./change-store.ts";

/** The four things an operator says of a store (B2): alike but for the move. */
export const judgements = [
  judging(approveStore, "approve"),
  judging(rejectStore, "reject"),
  judging(suspendStore, "suspend"),
  judging(reinstateStore, "reinstate"),
];

type Judgement = typeof approveStore | typeof rejectStore | typeof suspendStore | typeof reinstateStore;

function judging(contract: Judgement, name: MoveName) {
  return handle(contract, async ({ storeId, comment }, caller, deps: StoreDeps) => {
    if (needsComment(name) && comment === undefined) return reject("store.comment_missing", { field: "comment" });
    return changeStore(deps, caller, {
      storeId,
      decide: (store) => {
        const judged = move(store, name, comment);
        return isRefusal(judged) ? judged : { fact: moves[name].fact, store: judged };
      },
    });
  });
}
