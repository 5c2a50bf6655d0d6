import assert from "node:assert/strict";
import { test } from "node:test";
import { isRefusal } from "#platform/core/decision.ts";
import type { Instant } from "#platform/core/time.ts";
import { editItem, moveItem } from "./change-item.ts";
import { contentFault, type GivenGroup, idFault, withIds } from "./content.ts";
import type { Content, Item, ItemStatus, Option } from "./item.ts";

function option(optionId: string, priceDelta = 0, stocked = false): Option {
  return { optionId, name: optionId, priceDelta, stocked, status: "ON_SALE" };
}

const item: Item = {
  itemId: "itm_1",
  storeId: "str_1",
  sellerId: "acc_1",
  version: 3,
  kind: "FOOD",
  status: "ON_SALE",
  createdAt: "2026-11-21T03:00:00.000Z" as Instant,
  name: "국물떡볶이",
  description: "",
  category: "010101",
  basePrice: 9_000,
  optionGroups: [
    { optionGroupId: "opg_1", name: "맵기", min: 1, max: 1, options: [option("opt_1"), option("opt_2", 500)] },
    { optionGroupId: "opg_2", name: "추가", min: 0, max: 2, options: [option("opt_3", 1_000), option("opt_4", 1_000)] },
  ],
};

function codeOf(fault: unknown): string | undefined {
  return isRefusal(fault) ? fault.refused : undefined;
}

function withGroup(min: number, max: number, options: Option[], basePrice = 1_000): Content {
  return { ...item, basePrice, optionGroups: [{ optionGroupId: "opg_1", name: "맛", min, max, options }] };
}

test("a group asks for no more choices than it has, and no fewer than it demands", () => {
  const two = [option("opt_1"), option("opt_2")];
  assert.equal(contentFault("FOOD", withGroup(0, 2, two)), undefined);
  assert.equal(codeOf(contentFault("FOOD", withGroup(2, 1, two))), "item.choice_range");
  assert.equal(codeOf(contentFault("FOOD", withGroup(0, 3, two))), "item.choice_range");
});

test("no legal choice may make the price negative, but one that nobody can choose may", () => {
  const cheap = [option("opt_1", -600), option("opt_2", -600), option("opt_3", 200)];
  assert.equal(contentFault("FOOD", withGroup(0, 1, cheap)), undefined);
  assert.equal(codeOf(contentFault("FOOD", withGroup(0, 2, cheap))), "item.price_below_zero");
  assert.equal(contentFault("FOOD", withGroup(3, 3, cheap)), undefined);
});

test("only goods count the stock of an option", () => {
  const content = withGroup(1, 1, [option("opt_1"), option("opt_2", 0, true)]);
  assert.equal(contentFault("GOODS", content), undefined);
  assert.equal(contentFault("FOOD", content)?.field, "optionGroups.0.options.1.stocked");
});

test("an id names only what this item already has, once, and where it was", () => {
  const given: GivenGroup[] = item.optionGroups;
  const [first, second] = item.optionGroups;
  assert.ok(first && second);
  assert.equal(idFault(given, item), undefined);
  assert.equal(idFault([{ ...first, options: [option("opt_2")] }], item), undefined);
  const stolen = [{ ...first, options: [option("opt_9")] }];
  assert.equal(idFault(stolen, item)?.field, "optionGroups.0.options.0");
  assert.equal(codeOf(idFault([{ ...first, options: [option("opt_3")] }], item)), "item.option_unknown");
  const { optionGroupId: _, ...unnamed } = first;
  for (const owner of [item, undefined]) {
    const foreign = [{ ...unnamed, options: [option("opt_9")] }];
    assert.equal(codeOf(idFault(foreign, owner)), "item.option_unknown", "a new group takes nobody's option");
  }
  assert.equal(codeOf(idFault([first, first], item)), "item.option_unknown");
  assert.equal(codeOf(idFault(given, undefined)), "item.option_unknown");
});

test("new groups and options get ids, what stays keeps its own", () => {
  let made = 0;
  const groups = withIds(
    [{ optionGroupId: "opg_1", name: "맵기", min: 0, max: 1, options: [{ name: "순한맛", priceDelta: 0 }] }],
    (kind) => `${kind}-${++made}`,
  );
  assert.deepEqual(groups[0]?.optionGroupId, "opg_1");
  assert.deepEqual(groups[0]?.options[0], { ...option("option-1"), name: "순한맛" });
});

test("an edit of an older version is refused with the current one", () => {
  const edit = { content: { ...item, name: "로제떡볶이" }, given: item.optionGroups };
  assert.deepEqual(editItem(item, { ...edit, version: 2 }), {
    refused: "item.version_conflict",
    details: { version: 3 },
  });
  const edited = editItem(item, { ...edit, version: 3 });
  assert.ok(!isRefusal(edited));
  assert.deepEqual([edited.name, edited.version, edited.basePrice], ["로제떡볶이", 4, 9_000]);
});

test("a discontinued item is at its end; a hidden one is not simply sold out", () => {
  const statuses: ItemStatus[] = ["ON_SALE", "PAUSED", "SOLD_OUT", "HIDDEN", "DISCONTINUED"];
  for (const status of statuses) {
    assert.equal(codeOf(moveItem({ ...item, status: "DISCONTINUED" }, { version: 3, status })), "item.wrong_state");
    assert.equal(codeOf(moveItem({ ...item, status }, { version: 3, status })), "item.wrong_state");
  }
  assert.equal(codeOf(moveItem({ ...item, status: "HIDDEN" }, { version: 3, status: "SOLD_OUT" })), "item.wrong_state");
  const gone = moveItem(item, { version: 3, status: "DISCONTINUED" });
  assert.ok(!isRefusal(gone) && gone.version === 4);
  assert.equal(codeOf(editItem(gone, { version: 4, content: item, given: [] })), "item.wrong_state");
});
