import { type Refusal, reject } from "#platform/core/decision.ts";
import { changed, type Status, type Store, type StoreFactType } from "./store.ts";

interface Move {
  readonly fact: StoreFactType;
  readonly from: readonly Status[];
  readonly to: Status;
  /** A "no" to a seller needs its reason. */
  readonly needsComment?: boolean;
}

/** DOMAIN.md 4.7, and closing from anywhere: a draft that nobody wants must not keep its name for ever. */
export const moves = {
  submit: { fact: "StoreSubmitted", from: ["DRAFT", "REJECTED"], to: "SUBMITTED" },
  approve: { fact: "StoreApproved", from: ["SUBMITTED"], to: "APPROVED" },
  reject: { fact: "StoreRejected", from: ["SUBMITTED"], to: "REJECTED", needsComment: true },
  suspend: { fact: "StoreSuspended", from: ["APPROVED"], to: "SUSPENDED", needsComment: true },
  reinstate: { fact: "StoreReinstated", from: ["SUSPENDED"], to: "APPROVED" },
  close: {
    fact: "StoreClosed",
    from: ["DRAFT", "SUBMITTED", "APPROVED", "REJECTED", "SUSPENDED"],
    to: "CLOSED",
  },
} as const satisfies Record<string, Move>;

export type MoveName = keyof typeof moves;

export function needsComment(name: MoveName): boolean {
  const rule: Move = moves[name];
  return rule.needsComment === true;
}

/** The store after the move, or why it cannot be made from where it stands. */
export function move(store: Store, name: MoveName, comment?: string): Store | Refusal<"store.wrong_state"> {
  const rule: Move = moves[name];
  if (!rule.from.includes(store.status)) return reject("store.wrong_state", { status: store.status });
  return changed(store, { status: rule.to, ...(comment === undefined ? {} : { comment }) });
}
