import { getStore, readMyStore, readStoreSnapshot, reviewStore } from "#contracts/store/operations.ts";
import { reject } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import { snapshotOf } from "../announce.ts";
import type { StoreDeps } from "../deps.ts";
import type { Company, Contact, Store } from "../domain/store.ts";
import { ownStore, publicStore } from "./answers.ts";
import { companyKey } from "./save-company.ts";
import { contactKey } from "./save-contact.ts";

export const getPublic = handle(getStore, async ({ storeId }, _caller, deps: StoreDeps) => {
  const { store, contact } = await load(deps, storeId);
  if (store?.status !== "APPROVED") return reject("store.not_found");
  const { hours, holidays, deliveryAreas } = store;
  return { ...publicStore(store, deps.clock.now()), hours, holidays, deliveryAreas, ...contact };
});

export const readMine = handle(readMyStore, async ({ storeId }, caller, deps: StoreDeps) => {
  const { store, contact } = await load(deps, storeId);
  if (store === undefined || store.sellerId !== caller.id) return reject("store.not_found");
  return { ...ownStore(store, deps.clock.now()), ...contact };
});

/** With the company behind it, which an operator must see to approve it. */
export const review = handle(reviewStore, async ({ storeId }, _caller, deps: StoreDeps) => {
  const { store, contact } = await load(deps, storeId);
  if (store === undefined) return reject("store.not_found");
  const key = companyKey(store.sellerId);
  const company = (await deps.records.read([key])).get<Company>(key);
  return { ...ownStore(store, deps.clock.now()), ...contact, ...(company ? { company } : {}) };
});

export const readSnapshot = handle(readStoreSnapshot, async ({ storeId }, _caller, deps: StoreDeps) => {
  const { store } = await load(deps, storeId);
  return store ? snapshotOf(store) : reject("store.not_found");
});

async function load(deps: StoreDeps, storeId: string) {
  const key = contactKey(storeId);
  const rows = await deps.records.read([storeId, key]);
  const contact = rows.get<Contact>(key);
  return { store: rows.get<Store>(storeId), contact: contact ? { contact } : {} };
}
