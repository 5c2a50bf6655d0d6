/** What the cart knows of the world when it answers: its own views of items, stores and stock. */
export interface Shelf {
  readonly items: ReadonlyMap<string, ShelfItem>;
  readonly stores: ReadonlyMap<string, ShelfStore>;
  /** SKUs (items and options) that stock has said to be sold out. */
  readonly soldOut: ReadonlySet<string>;
}

export interface ShelfItem {
  readonly itemId: string;
  readonly version: number;
  readonly storeId: string;
  readonly kind: "FOOD" | "GOODS";
  readonly name: string;
  readonly basePrice: number;
  readonly status: "ON_SALE" | "PAUSED" | "SOLD_OUT" | "DISCONTINUED" | "HIDDEN";
  readonly optionGroups: readonly ShelfGroup[];
}

export interface ShelfGroup {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly options: readonly ShelfOption[];
}

export interface ShelfOption {
  readonly optionId: string;
  readonly name: string;
  readonly priceDelta: number;
  readonly stocked: boolean;
  readonly status: "ON_SALE" | "SOLD_OUT" | "HIDDEN";
}

/** Whether it is open, and when it opens, is worked out by whoever has the clock. */
export interface ShelfStore {
  readonly storeId: string;
  readonly name: string;
  readonly status: string;
  readonly minOrder: number;
  readonly deliveryAreas: readonly { readonly area: string; readonly fee: number }[];
  readonly openNow: boolean;
  readonly nextOpening?: string;
}
