import { placeOrder } from "#contracts/order/operations.ts";
import { isRefusal, reject } from "#platform/core/decision.ts";
import type { InputOf, ProblemOf } from "#platform/core/operation.ts";
import { businessDay, type Instant } from "#platform/core/time.ts";
import type { Rows } from "#platform/facts/change.ts";
import { handle } from "#platform/service.ts";
import type { OrderDeps } from "../deps.ts";
import { given } from "../domain/given.ts";
import type { Order } from "../domain/order.ts";
import { placeOrder as decide, type LastOrder, type PlaceOrder } from "../domain/place-order.ts";
import { type BasketRefusal, type PricedBasket, priceBasket } from "./basket.ts";
import { type Contact, orderDetail } from "./detail.ts";
import { quoteOf } from "./quote-order.ts";

type Input = InputOf<typeof placeOrder>;

/** Takes the order in at the price that the buyer was shown, then waits for its holds: PENDING_PAYMENT, or why not. */
export const placeOrderHandler = handle(placeOrder, async (input, caller, deps: OrderDeps) => {
  const basket = await priceBasket(input, caller, deps);
  const outcome = await deps.records.change<ProblemOf<typeof placeOrder>>({
    ...placing(input, caller.id ?? "", basket, deps),
    ...(caller.command ? { command: caller.command } : {}),
    traceparent: caller.traceparent,
  });
  if (isRefusal(outcome)) return isRefusal(basket) ? outcome : withQuote(outcome, basket);
  await outcome.started;
  const orderId = outcome.stream;
  if (outcome.repeated) return answer(await deps.records.read([orderId, contactKey(orderId)]), orderId);
  return answer(await deps.records.recall([orderId]), orderId, contactOf(input));
});

/**
 * The change that takes the order in. A basket that cannot be ordered is refused there too: a repeat is found first.
 */
function placing(input: Input, buyerId: string, basket: PricedBasket | BasketRefusal, deps: OrderDeps) {
  const { orderId } = input;
  const { doubleWithinMs } = deps.times;
  const lastKey = `last:${buyerId}`;
  const command = isRefusal(basket) ? basket : placeCommand(input, buyerId, basket, deps);
  const contact = contactOf(input);
  return {
    keys: [orderId, ...(doubleWithinMs > 0 ? [lastKey] : []), ...(contact ? [contactKey(orderId)] : [])],
    makes: [orderId, contactKey(orderId)],
    actor: buyerId,
    decide: (rows: Rows, now: Instant) => {
      if (isRefusal(command)) return command;
      const known = { order: rows.get<Order>(orderId), last: rows.get<LastOrder>(lastKey) };
      const decided = decide(known, command, now);
      if (isRefusal(decided)) return decided;
      const last = doubleWithinMs > 0 ? { [lastKey]: { fingerprint: command.fingerprint, at: now } } : {};
      return { facts: decided, rows: { ...last, ...(contact ? { [contactKey(orderId)]: contact } : {}) } };
    },
  };
}

export function contactKey(orderId: string): string {
  return `contact:${orderId}`;
}

/**
 * The order as it is now; if its holds were refused, the same refusal however often it is asked for. While they are
 * being taken, here or by another process, nobody knows which it will be: the command is in flight (MECHANISMS.md §10).
 */
function answer(rows: Rows, orderId: string, contact = rows.get<Contact>(contactKey(orderId))) {
  const order = rows.get<Order>(orderId);
  if (!order) return reject("order.not_found");
  if (order.status === "CREATED") return reject("request.in_flight");
  if (order.refusal) {
    const { code, field, details } = order.refusal;
    return reject(code as "order.sold_out" | "order.could_not_hold", { ...details, ...given({ field }) });
  }
  return orderDetail(order, contact);
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
  // Ids are made now and not in the decision, which may run twice: the same order then has the same ids.
  const storeOrderIds = basket.priced.parts.map(() => deps.ids.make("storeOrder"));
  const lineIds = basket.priced.parts.map((part) => part.lines.map(() => deps.ids.make("orderLine")));
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
    storeOrderIds,
    lineIds,
    extras: new Map(extras),
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
