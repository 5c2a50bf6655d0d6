import { readStoreSnapshot } from "#contracts/store/operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import type { Caller } from "#platform/core/operation.ts";
import type { CatalogDeps } from "../deps.ts";
import { findStore, type StoreRow } from "../views/stores.ts";

/**
 * The caller's own store, or undefined. A store made a moment ago may not have reached our view yet: then the owner is
 * asked, once, so that a seller can fill a store right after making it.
 */
export async function ownStore(deps: CatalogDeps, caller: Caller, storeId: string): Promise<StoreRow | undefined> {
  const store = (await findStore(deps.sql, storeId)) ?? (await askStore(deps, caller, storeId));
  return store?.sellerId === caller.id ? store : undefined;
}

async function askStore(deps: CatalogDeps, caller: Caller, storeId: string): Promise<StoreRow | undefined> {
  const snapshot = await deps.call(readStoreSnapshot, { storeId }, asCatalog(caller));
  return isRefusal(snapshot) ? undefined : snapshot;
}

/** Calls between services go in the service's own name. */
export function asCatalog({ traceparent, locale, answerByMs }: Caller): Caller {
  const until = answerByMs === undefined ? {} : { answerByMs };
  return { kind: "service", id: "catalog", roles: [], traceparent, locale, ...until };
}
