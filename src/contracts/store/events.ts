import { Type } from "typebox";
import { event } from "#platform/core/event.ts";
import { id, oneOf, text, wonField } from "#platform/core/fields.ts";

/** Minutes from Monday 00:00 in Seoul; `closesAt` may pass Sunday midnight (up to 8 days): late nights need no rule. */
export const OpenSpan = Type.Object({
  opensAt: Type.Integer({ minimum: 0, maximum: 10_079 }),
  closesAt: Type.Integer({ minimum: 1, maximum: 11_519 }),
});

export const StoreSnapshot = Type.Object({
  storeId: id("store"),
  sellerId: id("account"),
  version: Type.Integer(),
  name: text(60),
  kind: oneOf(["FOOD", "GOODS"]),
  status: oneOf(["DRAFT", "SUBMITTED", "APPROVED", "REJECTED", "SUSPENDED", "CLOSED"]),
  /** Empty: open at all hours (goods). */
  hours: Type.Array(OpenSpan),
  /** Days in Seoul (yyyy-MM-dd) on which it stays closed. */
  holidays: Type.Array(Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" })),
  openSwitch: Type.Boolean(),
  minOrder: wonField(),
  /** Food: areas (legal-district codes) and their fee. Goods: one area "ALL" with the parcel fee. */
  deliveryAreas: Type.Array(Type.Object({ area: text(20), fee: wonField() })),
  fulfilments: Type.Array(oneOf(["DELIVERY", "PICKUP", "DINE_IN", "PARCEL"])),
  autoAccept: Type.Boolean(),
});

/** The whole of what others need to check and show: heard by order, cart, catalog and stock. */
export const storeChanged = event({
  service: "store",
  type: "store.changed.v1",
  summary: { ko: "가게의 정보나 상태가 바뀌었다", en: "A store's facts or its status changed" },
  data: StoreSnapshot,
  example: {
    storeId: "str_01jd7x0000000000000000stre",
    sellerId: "acc_01jd7x0000000000000000se11",
    version: 3,
    name: "마당분식",
    kind: "FOOD" as const,
    status: "APPROVED" as const,
    hours: [{ opensAt: 600, closesAt: 1320 }],
    holidays: ["2027-02-06"],
    openSwitch: true,
    minOrder: 12_000,
    deliveryAreas: [{ area: "1168010100", fee: 3_000 }],
    fulfilments: ["DELIVERY" as const, "PICKUP" as const],
    autoAccept: false,
  },
});
