import { assert } from "#platform/core/assert.ts";
import { isRefusal, type Refusal, reject } from "#platform/core/decision.ts";
import type { Caller } from "#platform/core/operation.ts";
import type { CommandRefusal, Rows } from "#platform/facts/change.ts";
import type { StoreDeps } from "../deps.ts";
import type { Store, StoreFactType } from "../domain/store.ts";
import { ownStore } from "./answers.ts";

/** What a decision on one store comes to: the fact, the store after it, and rows beside it. */
export interface StoreDecision {
  readonly fact: StoreFactType;
  readonly store: Store;
  readonly rows?: Readonly<Record<string, unknown>>;
}

interface StoreChange<Code extends string> {
  readonly storeId: string;
  /** Rows beside the store's own that the decision reads or writes. */
  readonly keys?: readonly string[];
  readonly decide: (store: Store, rows: Rows) => StoreDecision | Refusal<Code>;
}

/** Changes a store in the name of its seller. Anybody else's store is not found, so that nobody can probe for ids. */
export function changeOwnStore<Code extends string>(deps: StoreDeps, caller: Caller, change: StoreChange<Code>) {
  return changeStore<Code | "store.not_found">(deps, caller, {
    ...change,
    decide: (store, rows) => (store.sellerId === caller.id ? change.decide(store, rows) : reject("store.not_found")),
  });
}

/** Changes any store: for operators, whose role the door has checked. */
export async function changeStore<Code extends string>(
  deps: StoreDeps,
  caller: Caller,
  { storeId, keys = [], decide }: StoreChange<Code>,
): Promise<ReturnType<typeof ownStore> | Refusal<Code | "store.not_found" | CommandRefusal>> {
  const outcome = await deps.records.change<Code | "store.not_found">({
    ...commandOf(caller),
    keys: [storeId, ...keys],
    decide: (rows) => {
      const store = rows.get<Store>(storeId);
      if (store === undefined) return reject("store.not_found");
      const decision = decide(store, rows);
      if (isRefusal(decision)) return decision;
      return {
        facts: [{ stream: storeId, type: decision.fact, data: { store: decision.store } }],
        ...(decision.rows ? { rows: decision.rows } : {}),
      };
    },
  });
  if (isRefusal(outcome)) return outcome;
  const store = outcome.rows.get<Store>(outcome.stream);
  assert(store, "a changed store has a row");
  return ownStore(store, deps.clock.now());
}

/** What every change of a caller carries. */
export function commandOf(caller: Caller) {
  return {
    traceparent: caller.traceparent,
    ...(caller.command ? { command: caller.command } : {}),
    ...(caller.id === undefined ? {} : { actor: caller.id }),
  };
}
