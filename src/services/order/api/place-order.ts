import { createHash } from "node:crypto";
import { placeOrder } from "#contracts/order/operations.ts";
import { isRefusal, type Refusal, reject } from "#platform/core/decision.ts";
import { idWithin } from "#platform/core/ids.ts";
import type { Caller, InputOf, ProblemOf } from "#platform/core/operation.ts";
import { businessDay, type Instant, plus } from "#platform/core/time.ts";
import type { Rows } from "#platform/facts/change.ts";
import { handle } from "#platform/service.ts";
import type { OrderDeps } from "../deps.ts";
import { given } from "../domain/given.ts";
import type { Order } from "../domain/order.ts";
import { placeOrder as decide, type LastOrder, type PlaceOrder, refusePlacing, taken } from "../domain/place-order.ts";
import { type PricedBasket, priceBasket } from "./basket.ts";
import { type Contact, orderDetail } from "./detail.ts";
import { quoteOf } from "./quote-order.ts";
import { letGo, takeHolds } from "./take-holds.ts";

type Input = InputOf<typeof placeOrder>;
type PlacingRefusal = Refusal<ProblemOf<typeof placeOrder>>;

/**
 * Holds what the order needs, then takes it in at the price that the buyer was shown, in one commit: an order that was
 * refused never was, and one that is there waits for its money (docs/why/036).
 */
export const placeOrderHandler = handle(placeOrder, async (input, caller, deps: OrderDeps) => {
  const buyerId = caller.id ?? "";
  const basket = await priceBasket(input, caller, deps);
  const command = isRefusal(basket) ? basket : await held(placeCommand(input, buyerId, basket, deps), caller, deps);
  const outcome = await deps.records.change<ProblemOf<typeof placeOrder>>({
    ...placing(input, buyerId, command, deps),
    ...(caller.command ? { command: caller.command } : {}),
    traceparent: caller.traceparent,
  });
  if (isRefusal(outcome)) {
    if (!isRefusal(command)) await letGo(command, caller, deps);
    return isRefusal(basket) ? outcome : withQuote(outcome, basket);
  }
  const orderId = outcome.stream;
  if (outcome.repeated) return answer(await deps.records.read([orderId, contactKey(orderId)]), orderId);
  return answer(outcome.rows, orderId, contactOf(input));
});

/** Takes the holds of an order that may be placed, as far as can be known before they are taken. */
async function held(command: PlaceOrder, caller: Caller, deps: OrderDeps): Promise<PlaceOrder | PlacingRefusal> {
  const { doubleWithinMs, buyerId } = command;
  const last =
    doubleWithinMs > 0 ? (await deps.records.read([lastKey(buyerId)])).get<LastOrder>(lastKey(buyerId)) : undefined;
  const refusal = refusePlacing({ order: undefined, last }, command, deps.clock.now());
  return refusal ?? takeHolds(command, caller, deps);
}

/**
 * The change that takes the order in. What cannot be ordered, or not be held, is refused there too: a repeat is found
 * first.
 */
function placing(input: Input, buyerId: string, command: PlaceOrder | PlacingRefusal, deps: OrderDeps) {
  const { orderId } = input;
  const { doubleWithinMs } = deps.times;
  const lastOne = lastKey(buyerId);
  const contact = contactOf(input);
  return {
    keys: [orderId, ...(doubleWithinMs > 0 ? [lastOne] : []), ...(contact ? [contactKey(orderId)] : [])],
    makes: [orderId, contactKey(orderId)],
    actor: buyerId,
    decide: (rows: Rows, now: Instant) => {
      const known = { order: rows.get<Order>(orderId), last: rows.get<LastOrder>(lastOne) };
      if (isRefusal(command)) return known.order ? taken() : command;
      const decided = decide(known, command, now);
      if (isRefusal(decided)) return decided;
      const last = doubleWithinMs > 0 ? { [lastOne]: { fingerprint: command.fingerprint, at: now } } : {};
      return { facts: decided, rows: { ...last, ...(contact ? { [contactKey(orderId)]: contact } : {}) } };
    },
  };
}

function lastKey(buyerId: string): string {
  return `last:${buyerId}`;
}

export function contactKey(orderId: string): string {
  return `contact:${orderId}`;
}

/** The order as it is now. */
function answer(rows: Rows, orderId: string, contact = rows.get<Contact>(contactKey(orderId))) {
  const order = rows.get<Order>(orderId);
  return order ? orderDetail(order, contact) : reject("order.not_found");
}

/** The buyer sees the new price with the refusal, and can order it at once. */
function withQuote<R extends { readonly refused: string; readonly details?: Readonly<Record<string, unknown>> }>(
  refusal: R,
  basket: PricedBasket,
): R {
  if (refusal.refused !== "order.price_changed") return refusal;
  return { ...refusal, details: { ...refusal.details, quote: quoteOf(basket.priced) } };
}

function placeCommand(input: Input, buyerId: string, basket: PricedBasket, deps: OrderDeps): PlaceOrder {
  const { orderId, expectedTotal, evenIfDouble = false, handovers } = input;
  const extras = handovers.map(({ storeId, disposables, pickupAt, table }) => {
    return [storeId, given({ disposables, pickupAt: pickupAt as Instant | undefined, table })] as const;
  });
  const { payWithin, holdsOutlast, acceptWithin } = deps.times;
  const payBy = plus(deps.clock.now(), payWithin);
  return {
    orderId,
    orderNo: orderNo(deps),
    buyerId,
    priced: basket.priced,
    cartLineIds: basket.cartLineIds,
    expectedTotal: expectedTotal as PlaceOrder["expectedTotal"],
    evenIfDouble,
    fingerprint: fingerprintOf(basket),
    doubleWithinMs: deps.times.doubleWithinMs,
    ...idsOf(orderId, basket.priced.parts),
    extras: new Map(extras),
    ...{ payBy, holdsUntil: plus(payBy, holdsOutlast), isHeld: false, acceptWithin },
  };
}

/** Ids of parts and lines follow from the order's: whoever sends the same order again asks for the same holds. */
function idsOf(orderId: string, parts: PricedBasket["priced"]["parts"]) {
  const count = parts.reduce((sum, { lines }) => sum + 1 + lines.length, 0);
  const chance = createHash("shake256", { outputLength: 16 * count })
    .update(orderId)
    .digest();
  let used = 0;
  const next = <Kind extends "storeOrder" | "orderLine">(kind: Kind) => {
    used += 16;
    return idWithin(kind, orderId, chance.subarray(used - 16, used));
  };
  return {
    storeOrderIds: parts.map(() => next("storeOrder")),
    lineIds: parts.map(({ lines }) => lines.map(() => next("orderLine"))),
  };
}

/** What makes two orders look the same: items, options and quantities, in whatever order they were put in. */
function fingerprintOf({ wanted, priced }: PricedBasket): string {
  const lines = wanted.map(({ itemId, optionIds, quantity }) => `${itemId}:${[...optionIds].sort()}:${quantity}`);
  return [...lines.sort(), priced.payable].join(" ");
}

/** 261121-7K3M9-Q2XH4: the day in Seoul and 50 bits of chance, so that nobody waits for a counter (G4). */
function orderNo(deps: OrderDeps): string {
  const day = businessDay(deps.clock.now()).slice(2).replaceAll("-", "");
  const chance = deps.ids.make("order").slice(-10).toUpperCase();
  return `${day}-${chance.slice(0, 5)}-${chance.slice(5)}`;
}

/** Names, telephones and addresses stay out of the facts, which are for ever: they are a row that can be erased. */
function contactOf({ handovers }: Input): Contact | undefined {
  const parts = handovers.flatMap(({ storeId, note, address }) =>
    note === undefined && address === undefined ? [] : [[storeId, given({ note, address })] as const],
  );
  return parts.length > 0 ? Object.fromEntries(parts) : undefined;
}
