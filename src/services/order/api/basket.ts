import { readCartForOrder } from "#contracts/cart/operations.ts";
import { getItemForOrder } from "#contracts/catalog/operations.ts";
import type { quoteOrder } from "#contracts/order/operations.ts";
import { isOpen, nextOpening } from "#contracts/store/opening.ts";
import { isRefusal, type Refusal, reject } from "#platform/core/decision.ts";
import type { Caller, InputOf, ProblemOf } from "#platform/core/operation.ts";
import type { OrderDeps } from "../deps.ts";
import { type Priced, priceOrder, type Wanted } from "../domain/price-order.ts";
import type { OnShelf, ShelfItem, ShelfStore } from "../views/shelf.ts";

type Basket = Pick<InputOf<typeof quoteOrder>, "fromCart" | "lines" | "handovers">;
export type BasketRefusal = Refusal<ProblemOf<typeof quoteOrder>>;

export interface PricedBasket {
  readonly priced: Priced;
  readonly wanted: readonly Wanted[];
  readonly cartLineIds: readonly string[];
}

/** A basket at today's price by our own view: what a quote shows and what placing then charges (G7). */
export async function priceBasket(
  basket: Basket,
  caller: Caller,
  deps: OrderDeps,
): Promise<PricedBasket | BasketRefusal> {
  const lines = await wantedLines(basket, caller, deps);
  if (isRefusal(lines)) return lines;
  const { items, stores } = await onShelf(lines.wanted, basket.handovers, caller, deps);
  const now = deps.clock.now();
  const opening = (store: { readonly storeId: string }) => {
    const known = stores.get(store.storeId) as ShelfStore;
    if (isOpen(known, now)) return { isOpen: true };
    const opensAt = nextOpening(known, now);
    return { isOpen: false, ...(opensAt === undefined ? {} : { opensAt }) };
  };
  const handovers = basket.handovers.map(({ storeId, fulfilment, address }) => ({
    storeId,
    fulfilment,
    ...(address ? { area: address.area } : {}),
  }));
  const priced = priceOrder(lines.wanted, handovers, { items, stores, opening });
  return isRefusal(priced) ? priced : { priced, ...lines };
}

async function wantedLines({ lines, fromCart }: Basket, caller: Caller, deps: OrderDeps) {
  if (lines) return { wanted: lines, cartLineIds: [] };
  if (!fromCart) return reject("order.nothing_to_order", { field: "lines" }) as BasketRefusal;
  const input = { accountId: caller.id ?? "", ...fromCart };
  const cart = await deps.call(readCartForOrder, input, { ...caller, kind: "service", id: "order" });
  if (isRefusal(cart)) return cart;
  return { wanted: cart.lines, cartLineIds: cart.lines.map((line) => line.cartLineId) };
}

/** What is wanted and of whom: the stores are those that hand over, as a rule, so one reading finds all. */
async function onShelf(
  wanted: readonly Wanted[],
  handovers: Basket["handovers"],
  caller: Caller,
  deps: OrderDeps,
): Promise<OnShelf> {
  const itemIds = wanted.map((line) => line.itemId);
  const found = await deps.shelf.read(
    itemIds,
    handovers.map(({ storeId }) => storeId),
  );
  const items = new Map(found.items);
  await askForNewer(wanted, items, caller, deps);
  const others = [...items.values()].map(({ storeId }) => storeId).filter((storeId) => !found.stores.has(storeId));
  if (others.length === 0) return { items, stores: found.stores };
  const { stores } = await deps.shelf.read([], others);
  return { items, stores: new Map([...found.stores, ...stores]) };
}

/**
 * If the buyer was shown a newer item than our view has, catalog is asked once; at most a few, since the door bounds
 * lines.
 */
async function askForNewer(
  lines: readonly { readonly itemId: string; readonly itemVersion?: number }[],
  items: Map<string, ShelfItem>,
  caller: Caller,
  deps: OrderDeps,
): Promise<void> {
  const behind = lines.filter(({ itemId, itemVersion = 0 }) => itemVersion > (items.get(itemId)?.version ?? 0));
  const ids = [...new Set(behind.map((line) => line.itemId))].slice(0, 5);
  const asService = { ...caller, kind: "service" as const, id: "order" };
  const answers = await Promise.all(ids.map((itemId) => deps.call(getItemForOrder, { itemId }, asService)));
  for (const answer of answers) if (!isRefusal(answer)) items.set(answer.itemId, answer);
}
