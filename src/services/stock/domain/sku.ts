import { assert, unreachable } from "#platform/core/assert.ts";
import type { NewFact } from "#platform/core/decision.ts";
import type { Instant } from "#platform/core/time.ts";

/** One thing that is counted: an item, or an option with a stock of its own. Row `itm_…` / `opt_…`. */
export interface Sku {
  readonly skuId: string;
  readonly itemId: string;
  readonly storeId: string;
  readonly name: string;
  readonly unlimited: boolean;
  /** Pieces that can be reserved. Not looked at while `unlimited`. */
  readonly available: number;
  /** Pieces of counted lines that are still PENDING. */
  readonly reserved: number;
  readonly committed: number;
  readonly returned: number;
  readonly openedAt: Instant;
  /** Version of the row: the number of its last fact. */
  readonly version: number;
}

interface Movement {
  readonly orderId: string;
  readonly orderLineId: string;
  readonly quantity: number;
  /** Present when this movement changed the answer to "is it sold out?". */
  readonly soldOut?: boolean;
}

export type SkuFact =
  | NewFact<"SkuOpened", { itemId: string; storeId: string; name: string; unlimited: boolean; openedAt: Instant }>
  | NewFact<"SkuNamed", { name: string }>
  /** `delta` is the change of `available`, so that the facts of a SKU add up without knowing the figure before. */
  | NewFact<"SkuAdjusted", { unlimited: boolean; available: number; delta: number; reason: string; soldOut?: boolean }>
  | NewFact<MovementType, Movement>;

export type MovementType = "StockReserved" | "StockCommitted" | "StockReleased" | "StockReturned";

/** The SKU after a fact. Pure; the version is set by `evolve`, which knows the fact's place. */
export function evolveSku(before: Sku | undefined, fact: SkuFact): Sku {
  if (fact.type === "SkuOpened") {
    return { skuId: fact.stream, ...fact.data, available: 0, reserved: 0, committed: 0, returned: 0, version: 0 };
  }
  assert(before, `${fact.type} of a SKU that was never opened: ${fact.stream}`);
  switch (fact.type) {
    case "SkuNamed":
      return { ...before, name: fact.data.name };
    case "SkuAdjusted":
      return { ...before, unlimited: fact.data.unlimited, available: before.available + fact.data.delta };
    case "StockReserved":
      return moved(before, { available: -fact.data.quantity, reserved: fact.data.quantity });
    case "StockCommitted":
      return moved(before, { reserved: -fact.data.quantity, committed: fact.data.quantity });
    case "StockReleased":
      return moved(before, { reserved: -fact.data.quantity, available: fact.data.quantity });
    case "StockReturned":
      return moved(before, { returned: fact.data.quantity, available: fact.data.quantity });
    default:
      return unreachable(fact);
  }
}

type Counter = "available" | "reserved" | "committed" | "returned";

function moved(sku: Sku, changes: Partial<Record<Counter, number>>): Sku {
  const next: Record<Counter, number> = {
    available: sku.available + (changes.available ?? 0),
    reserved: sku.reserved + (changes.reserved ?? 0),
    committed: sku.committed + (changes.committed ?? 0),
    returned: sku.returned + (changes.returned ?? 0),
  };
  return { ...sku, ...next };
}

/** True when nobody can reserve a single piece. */
export function isSoldOut(sku: Sku): boolean {
  return !sku.unlimited && sku.available === 0;
}

/** A movement of `sku`, which says by itself whether it changed the answer to "is it sold out?". */
export function movement(sku: Sku, type: MovementType, line: Omit<Movement, "soldOut">): SkuFact {
  const { orderId, orderLineId, quantity } = line;
  const fact: SkuFact = { stream: sku.skuId, type, data: { orderId, orderLineId, quantity } };
  const soldOut = isSoldOut(evolveSku(sku, fact));
  return soldOut === isSoldOut(sku) ? fact : { ...fact, data: { ...fact.data, soldOut } };
}
