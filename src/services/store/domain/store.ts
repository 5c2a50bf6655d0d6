import type { Instant } from "#platform/core/time.ts";

export type Kind = "FOOD" | "GOODS";
export type Status = "DRAFT" | "SUBMITTED" | "APPROVED" | "REJECTED" | "SUSPENDED" | "CLOSED";
export type Fulfilment = "DELIVERY" | "PICKUP" | "DINE_IN" | "PARCEL";

/** What a seller says of a store and may edit. Money is whole won, times are minutes from Monday 00:00 in Seoul. */
export interface Profile {
  readonly description: string;
  readonly categories: string[];
  readonly hours: { readonly opensAt: number; readonly closesAt: number }[];
  readonly holidays: string[];
  readonly minOrder: number;
  readonly deliveryAreas: { readonly area: string; readonly fee: number }[];
  readonly fulfilments: Fulfilment[];
  readonly autoAccept: boolean;
}

/** The row of a store. Every fact carries the whole of it, as announcing may look at nothing but the fact. */
export interface Store extends Profile {
  readonly storeId: string;
  readonly sellerId: string;
  readonly version: number;
  readonly name: string;
  readonly kind: Kind;
  readonly status: Status;
  readonly openSwitch: boolean;
  readonly comment?: string;
  readonly createdAt: Instant;
}

export type StoreFactType =
  | "StoreCreated"
  | "StoreEdited"
  | "StoreSubmitted"
  | "StoreApproved"
  | "StoreRejected"
  | "StoreSuspended"
  | "StoreReinstated"
  | "StoreSwitched"
  | "StoreClosed";

export interface StoreFactData {
  readonly store: Store;
}

/** The legal seller: one per account, kept as a row without history (it holds a telephone number). */
export interface Company {
  readonly businessRegistrationNo: string;
  readonly name: string;
  readonly phone: string;
}

export interface Contact {
  readonly phone: string;
  readonly road: string;
  readonly detail: string;
}

export const EMPTY_PROFILE: Profile = {
  description: "",
  categories: [],
  hours: [],
  holidays: [],
  minOrder: 0,
  deliveryAreas: [],
  fulfilments: [],
  autoAccept: false,
};

/** The next version of a store: each change makes exactly one fact, so this is the version of its row too. */
export function changed(store: Store, change: Partial<Store>): Store {
  return { ...store, ...change, version: store.version + 1 };
}
