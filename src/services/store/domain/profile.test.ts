import assert from "node:assert/strict";
import { test } from "node:test";
import { profileFault } from "./profile.ts";
import { EMPTY_PROFILE, type Profile } from "./store.ts";

const food = (profile: Partial<Profile>) => profileFault("FOOD", { ...EMPTY_PROFILE, ...profile });
const goods = (profile: Partial<Profile>) => profileFault("GOODS", { ...EMPTY_PROFILE, ...profile });

test("takes spans past midnight, and one that runs into Monday", () => {
  assert.equal(
    food({
      hours: [
        { opensAt: 600, closesAt: 1560 },
        { opensAt: 9_720, closesAt: 10_140 },
      ],
    }),
    undefined,
  );
});

test("refuses a span that ends before it begins or lasts longer than a day", () => {
  assert.equal(food({ hours: [{ opensAt: 600, closesAt: 600 }] })?.field, "hours.0");
  assert.equal(food({ hours: [{ opensAt: 0, closesAt: 1441 }] })?.refused, "store.hours_invalid");
});

test("refuses spans that meet, over Sunday midnight too", () => {
  const monday = { opensAt: 0, closesAt: 120 };
  assert.equal(food({ hours: [{ opensAt: 60, closesAt: 240 }, monday] })?.field, "hours.1");
  assert.equal(food({ hours: [{ opensAt: 9_960, closesAt: 10_140 }, monday] })?.field, "hours.1");
  assert.equal(food({ hours: [{ opensAt: 9_960, closesAt: 10_080 }, monday] }), undefined);
});

test("food is not sent by parcel, goods are not eaten in", () => {
  assert.equal(food({ fulfilments: ["PICKUP", "PARCEL"] })?.field, "fulfilments.1");
  assert.equal(goods({ fulfilments: ["DINE_IN"] })?.refused, "store.fulfilment_not_of_kind");
});

test("food names its areas once each, goods have one fee for all", () => {
  const area = { area: "1168010100", fee: 3_000 };
  assert.equal(food({ deliveryAreas: [area, area] })?.field, "deliveryAreas.1");
  assert.equal(food({ deliveryAreas: [{ area: "ALL", fee: 0 }] })?.refused, "store.delivery_areas_invalid");
  assert.equal(goods({ deliveryAreas: [area] })?.refused, "store.delivery_areas_invalid");
  assert.equal(goods({ deliveryAreas: [{ area: "ALL", fee: 3_000 }] }), undefined);
});
