import { Type } from "typebox";
import { event } from "#platform/core/event.ts";
import { id, oneOf, text, wonField } from "#platform/core/fields.ts";

export const OptionSnapshot = Type.Object({
  optionId: id("option"),
  name: text(60),
  priceDelta: wonField({ minimum: -1_000_000_000 }),
  /** True: it has a stock of its own (goods), which the line takes instead of the item's. */
  stocked: Type.Boolean(),
  status: oneOf(["ON_SALE", "SOLD_OUT", "HIDDEN"]),
});

export const OptionGroupSnapshot = Type.Object({
  optionGroupId: id("optionGroup"),
  name: text(60),
  /** How many options a buyer must and may choose. Required means min >= 1. */
  min: Type.Integer({ minimum: 0 }),
  max: Type.Integer({ minimum: 1 }),
  options: Type.Array(OptionSnapshot),
});

export const ItemSnapshot = Type.Object({
  itemId: id("item"),
  storeId: id("store"),
  version: Type.Integer(),
  kind: oneOf(["FOOD", "GOODS"]),
  name: text(100),
  basePrice: wonField(),
  status: oneOf(["ON_SALE", "PAUSED", "SOLD_OUT", "DISCONTINUED", "HIDDEN"]),
  optionGroups: Type.Array(OptionGroupSnapshot),
});

/** The whole of what others need to price and check: heard by order, cart and stock. */
export const itemChanged = event({
  service: "catalog",
  type: "item.changed.v1",
  summary: { ko: "상품이 바뀌었다", en: "An item changed" },
  data: ItemSnapshot,
  example: {
    itemId: "itm_01jd7x0000000000000000jtem",
    storeId: "str_01jd7x0000000000000000stre",
    version: 2,
    kind: "FOOD" as const,
    name: "국물떡볶이",
    basePrice: 9_000,
    status: "ON_SALE" as const,
    optionGroups: [
      {
        optionGroupId: "opg_01jd7x0000000000000000grp1",
        name: "맵기",
        min: 1,
        max: 1,
        options: [
          {
            optionId: "opt_01jd7x0000000000000000mjd1",
            name: "보통",
            priceDelta: 0,
            stocked: false,
            status: "ON_SALE" as const,
          },
        ],
      },
    ],
  },
});
