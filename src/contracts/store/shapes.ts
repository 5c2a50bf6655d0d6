import { Type } from "typebox";
import { instantField, oneOf, text, wonField } from "#platform/core/fields.ts";
import { OpenSpan, StoreSnapshot } from "./events.ts";

export const kind = oneOf(["FOOD", "GOODS"], "FOOD: 음식 · food, GOODS: 상품 · goods");
/** Two digits a level, at most three levels: `010201` lies below `0102` and `01` (B6). */
export const categoryCode = Type.String({ pattern: "^\\d{2}(\\d{2}){0,2}$", description: "010201" });

/** What a seller says of a store; everything but the name may come later (B1, B5, B8). */
export const profile = {
  description: Type.String({ maxLength: 1000 }),
  categories: Type.Array(categoryCode, { maxItems: 3, uniqueItems: true }),
  hours: Type.Array(OpenSpan, { maxItems: 50, description: "월요일 0시(서울)부터의 분 · minutes from Monday 00:00" }),
  holidays: Type.Array(Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" }), { maxItems: 100, uniqueItems: true }),
  minOrder: wonField({ maximum: 10_000_000 }),
  deliveryAreas: Type.Array(
    Type.Object({
      area: Type.String({
        pattern: "^(ALL|\\d{10})$",
        description: "법정동 코드 · legal-district code, or ALL (goods)",
      }),
      fee: wonField({ maximum: 1_000_000 }),
    }),
    { maxItems: 500 },
  ),
  fulfilments: Type.Array(oneOf(["DELIVERY", "PICKUP", "DINE_IN", "PARCEL"]), { maxItems: 4, uniqueItems: true }),
  autoAccept: Type.Boolean({ description: "주문을 저절로 수락 · accept orders without a person" }),
};

export const Contact = Type.Object({ phone: text(20), road: text(120), detail: Type.String({ maxLength: 60 }) });
export const Company = Type.Object({ businessRegistrationNo: Type.String(), name: text(60), phone: text(20) });

/** The store as its seller and the operators see it. */
export const OwnStore = Type.Object({
  ...StoreSnapshot.properties,
  description: Type.String(),
  categories: Type.Array(categoryCode),
  /** What the operator said when it was last approved, rejected or suspended. */
  comment: Type.Optional(Type.String()),
  createdAt: instantField(),
  openNow: Type.Boolean(),
});

/** The store as every visitor sees it. */
export const PublicStore = Type.Object({
  storeId: StoreSnapshot.properties.storeId,
  name: StoreSnapshot.properties.name,
  kind: StoreSnapshot.properties.kind,
  description: Type.String(),
  categories: Type.Array(categoryCode),
  minOrder: StoreSnapshot.properties.minOrder,
  fulfilments: StoreSnapshot.properties.fulfilments,
  openNow: Type.Boolean(),
  /** When it is closed and its hours tell. */
  nextOpening: Type.Optional(instantField()),
});
