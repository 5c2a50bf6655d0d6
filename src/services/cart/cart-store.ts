import type { Refusal } from "#platform/core/decision.ts";
import type { CommandRefusal } from "#platform/facts/change.ts";
import type { Cart } from "./domain/cart.ts";

/** In whose name a cart changes, and the command that must not be done twice. */
export interface CartCommand {
  readonly command?: { readonly id: string; readonly bodyHash: string };
  readonly actor?: string;
  readonly traceparent: string;
}

/**
 * Where carts are kept: a port, so that Redis can take the place of the database (F2). Every adapter passes
 * cart-store.conformance.ts. A cart that was never filled is the empty cart.
 */
export interface CartStore {
  load(owner: string): Promise<Cart>;
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
