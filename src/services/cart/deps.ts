import type { Kit } from "#platform/service.ts";
import type { CartStore } from "./cart-store.ts";
import type { Shelf } from "./domain/shelf.ts";

/** What the code of this service may touch. */
export interface CartDeps {
  readonly ids: Kit["ids"];
  readonly carts: CartStore;
  /** What our views know now of these items, options and stores, in any mixture. */
  readonly readShelf: (ids: readonly string[]) => Promise<Shelf>;
}
