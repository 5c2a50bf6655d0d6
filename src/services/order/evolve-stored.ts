import type { StoredFact } from "#platform/facts/change.ts";
import { evolve } from "./domain/evolve.ts";
import type { OrderFact } from "./domain/facts.ts";
import type { Order } from "./domain/order.ts";

/** The state after a stored fact: what the batcher, a replay and a look at the past all use. */
export function evolveStored(state: unknown, stored: StoredFact): Order {
  const happened = { at: stored.at, actor: stored.meta.actor ?? "system" };
  return evolve(state as Order | undefined, stored as StoredFact & OrderFact, happened);
}
