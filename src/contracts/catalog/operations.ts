import { Type } from "typebox";
import { id, instantField, oneOf, page, text, versionField, wonField } from "#platform/core/fields.ts";
import { operation } from "#platform/core/operation.ts";
import { ItemSnapshot, OptionGroupSnapshot, OptionSnapshot } from "./events.ts";

const { storeId, itemId, status, kind } = ItemSnapshot.properties;
const categoryCode = Type.String({ pattern: "^\\d{2}(\\d{2}){0,2}$", description: "분류 코드 · category code" });
const price = wonField({ maximum: 100_000_000, description: "원 · won" });
const version = versionField("보고 고친 판 · the version that was edited");
const nextCursor = Type.Optional(Type.String());
const sort = Type.Optional(oneOf(["newest", "price-low", "price-high"], "newest"));

/** What a seller says of an item. Options and groups that stay keep their ids; new ones come without (C1, C2). */
const content = {
  name: text(100),
  description: Type.String({ maxLength: 2000 }),
  category: categoryCode,
  basePrice: price,
  optionGroups: Type.Array(
    Type.Object({
      optionGroupId: Type.Optional(id("optionGroup")),
      name: text(60),
      min: Type.Integer({ minimum: 0, maximum: 50 }),
      max: Type.Integer({ minimum: 1, maximum: 50 }),
      options: Type.Array(
        Type.Object({
          optionId: Type.Optional(id("option")),
          name: text(60),
          priceDelta: wonField({ minimum: -100_000_000, maximum: 100_000_000 }),
          stocked: Type.Optional(
            Type.Boolean({ description: "재고를 따로 센다 (상품) · has a stock of its own (goods)" }),
          ),
          status: Type.Optional(OptionSnapshot.properties.status),
        }),
        { minItems: 1, maxItems: 50 },
      ),
    }),
    { maxItems: 20 },
  ),
};

/** The item as its seller sees it. */
const OwnItem = Type.Object({
  ...ItemSnapshot.properties,
  description: Type.String(),
  category: categoryCode,
  createdAt: instantField(),
});

/** A line of a list, as every visitor sees it. */
const ListedItem = Type.Object({
  itemId,
  storeId,
  storeName: text(60),
  kind,
  name: ItemSnapshot.properties.name,
  category: categoryCode,
  basePrice: price,
  status,
  soldOut: Type.Boolean({ description: "재고가 없다 · its stock is gone" }),
});

const seller = { service: "catalog", access: ["SELLER"] } as const;
const visitor = { service: "catalog", access: "anyone", method: "GET", idempotency: "safe", cacheMs: 800 } as const;

const contentProblems = [
  "item.name_blank",
  "item.category_not_found",
  "item.choice_range",
  "item.option_unknown",
  "item.stocked_is_for_goods",
  "item.price_below_zero",
] as const;

export const createItem = operation({
  ...seller,
  name: "createItem",
  method: "POST",
  path: "/stores/:storeId/items",
  summary: { ko: "상품을 올린다", en: "Create an item in one's own store" },
  input: Type.Object({
    storeId,
    ...content,
    description: Type.Optional(content.description),
    optionGroups: Type.Optional(content.optionGroups),
    status: Type.Optional(oneOf(["ON_SALE", "PAUSED", "HIDDEN"])),
  }),
  output: OwnItem,
  status: 201,
  problems: ["item.store_not_found", "item.store_closed", ...contentProblems],
  idempotency: "key",
});

/** Replaces the whole content. Whoever edited an older version is told the current one and loses nothing (C1). */
export const editItem = operation({
  ...seller,
  name: "editItem",
  method: "PUT",
  path: "/items/:itemId",
  summary: { ko: "상품을 고친다", en: "Replace an item's content" },
  input: Type.Object({ itemId, version, ...content }),
  output: OwnItem,
  problems: ["item.not_found", "item.version_conflict", "item.wrong_state", ...contentProblems],
  idempotency: "key",
});

/** DISCONTINUED is how an item is deleted: for good, but orders and carts still know what it was (C3). */
export const moveItem = operation({
  ...seller,
  name: "moveItem",
  method: "PUT",
  path: "/items/:itemId/status",
  summary: { ko: "상품의 판매 상태를 바꾼다", en: "Put an item on sale, pause, hide or discontinue it" },
  input: Type.Object({ itemId, version, status }),
  output: OwnItem,
  problems: ["item.not_found", "item.version_conflict", "item.wrong_state"],
  idempotency: "key",
});

export const listMyItems = operation({
  ...seller,
  name: "listMyItems",
  method: "GET",
  path: "/my/stores/:storeId/items",
  summary: { ko: "내 가게의 상품 목록", en: "All items of one's own store, newest first" },
  input: Type.Object({ storeId, ...page }),
  output: Type.Object({ items: Type.Array(OwnItem), nextCursor }),
  problems: ["item.store_not_found", "item.cursor_invalid"],
  idempotency: "safe",
});

export const readMyItem = operation({
  ...seller,
  name: "readMyItem",
  method: "GET",
  path: "/my/items/:itemId",
  summary: { ko: "내 상품", en: "One of my items, with the version to edit" },
  input: Type.Object({ itemId }),
  output: OwnItem,
  problems: ["item.not_found"],
  idempotency: "safe",
});

export const listStoreItems = operation({
  ...visitor,
  name: "listStoreItems",
  path: "/stores/:storeId/items",
  summary: { ko: "가게의 상품 목록", en: "Items of a store" },
  input: Type.Object({ storeId, ...page, sort }),
  output: Type.Object({ items: Type.Array(ListedItem), nextCursor }),
  problems: ["item.cursor_invalid"],
});

export const searchItems = operation({
  ...visitor,
  name: "searchItems",
  path: "/items",
  summary: { ko: "상품 찾기", en: "Find items across stores" },
  input: Type.Object({
    ...page,
    sort,
    keyword: Type.Optional(text(40)),
    category: Type.Optional(categoryCode),
    kind: Type.Optional(kind),
  }),
  output: Type.Object({ items: Type.Array(ListedItem), nextCursor }),
  problems: ["item.cursor_invalid"],
});

export const getItem = operation({
  ...visitor,
  name: "getItem",
  path: "/items/:itemId",
  summary: { ko: "상품", en: "An item with its options" },
  input: Type.Object({ itemId }),
  output: Type.Object({
    ...ListedItem.properties,
    version: Type.Integer(),
    description: Type.String(),
    optionGroups: Type.Array(
      Type.Object({
        ...OptionGroupSnapshot.properties,
        options: Type.Array(Type.Object({ ...OptionSnapshot.properties, soldOut: Type.Boolean() })),
      }),
    ),
  }),
  problems: ["item.not_found"],
});

/** What an order asks, once, when its own view is older than the version that the buyer saw (MECHANISMS.md §11). */
export const getItemForOrder = operation({
  service: "catalog",
  name: "getItemForOrder",
  method: "GET",
  path: "/internal/items/:itemId",
  access: "service",
  summary: { ko: "상품의 지금 사본을 읽는다", en: "Read an item's snapshot as of now" },
  input: Type.Object({ itemId }),
  output: ItemSnapshot,
  problems: ["item.not_found"],
  idempotency: "safe",
});
