import type { Refusal } from "#platform/core/decision.ts";
import type { CommandRefusal } from "#platform/facts/change.ts";
import type { Cart } from "./domain/cart.ts";
import type { Shelf } from "./domain/shelf.ts";

/** In whose name a cart changes, and the command that must not be done twice. */
export interface CartCommand {
  readonly command?: { readonly id: string; readonly bodyHash: string };
  readonly actor?: string;
  readonly traceparent: string;
}

/** A cart, and what our views know of everything in it: what it is shown and checked with. */
export interface ShelvedCart {
  readonly cart: Cart;
  readonly shelf: Shelf;
}

/**
 * Where carts are kept: a port, so that Redis can stand before the database (F2). Every adapter passes
 * cart-store.conformance.ts. A cart that was never filled is the empty cart.
 */
export interface CartStore {
  /** The cart as of the last change that anybody was told of. @param others what the shelf is asked for besides. */
  load(owner: string, others?: readonly string[]): Promise<ShelvedCart>;
  /**
   * Reads, decides and writes as one step: `decide` may run again when another device was faster. The same command
   * again changes nothing and answers the cart as it is now. A refusal leaves the cart alone.
   */
  save<Code extends string>(
    owner: string,
    command: CartCommand,
    decide: (cart: Cart) => Cart | Refusal<Code>,
  ): Promise<Cart | Refusal<Code | CommandRefusal>>;
}
