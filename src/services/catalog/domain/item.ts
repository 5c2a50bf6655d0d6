import type { Instant } from "#platform/core/time.ts";

export type Kind = "FOOD" | "GOODS";
export type ItemStatus = "ON_SALE" | "PAUSED" | "SOLD_OUT" | "DISCONTINUED" | "HIDDEN";

export interface Option {
  readonly optionId: string;
  readonly name: string;
  /** Whole won on top of the base price; may be negative. */
  readonly priceDelta: number;
  readonly stocked: boolean;
  readonly status: "ON_SALE" | "SOLD_OUT" | "HIDDEN";
}

export interface OptionGroup {
  readonly optionGroupId: string;
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly options: Option[];
}

/** What a seller says of an item and may replace as a whole. */
export interface Content {
  readonly name: string;
  readonly description: string;
  readonly category: string;
  readonly basePrice: number;
  readonly optionGroups: OptionGroup[];
}

/** The row of an item. Every fact carries the whole of it, as announcing may look at nothing but the fact. */
export interface Item extends Content {
  readonly itemId: string;
  readonly storeId: string;
  readonly sellerId: string;
  readonly version: number;
  readonly kind: Kind;
  readonly status: ItemStatus;
  readonly createdAt: Instant;
}

export type ItemFactType = "ItemCreated" | "ItemEdited" | "ItemMoved";

export interface ItemFactData {
  readonly item: Item;
}
