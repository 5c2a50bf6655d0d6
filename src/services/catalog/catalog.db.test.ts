import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as contract from "#contracts/catalog/operations.ts";
import { stockAvailability } from "#contracts/stock/events.ts";
import { storeChanged } from "#contracts/store/events.ts";
import { listCategories, readStoreSnapshot } from "#contracts/store/operations.ts";
import { isRefusal, type Refusal, reject } from "#platform/core/decision.ts";
import type { EventData } from "#platform/core/event.ts";
import { standIn, startApp, type TestApp } from "#platform/testing/app.ts";
import { turnableClock } from "#platform/testing/clock.ts";
import { nobody, seller, service, withKey } from "#platform/testing/people.ts";
import { catalog } from "./service.ts";

const anna = seller("acc_01jd7x0000000000000000anna");
const ben = seller("acc_01jd7x00000000000000000ben");
const annas = "str_01jd7x0000000000000000an01";
const bens = "str_01jd7x0000000000000000be01";
const late = "str_01jd7x00000000000000000ate";
const snapshot: EventData<typeof storeChanged> = { ...storeChanged.example, storeId: annas, sellerId: anna.id ?? "" };
const codes = ["01", "0101", "010101", "0102", "010201", "02", "0201", "020101"];
const clock = turnableClock();
let app: TestApp;

before(async () => {
  app = await startApp({
    services: [catalog],
    // Time stands still: every item of this file is equally new.
    clock: { ...clock, now: () => "2026-11-21T03:00:00.000Z" as ReturnType<typeof clock.now> },
    answers: [
      standIn(listCategories, () => ({
        categories: codes.map((code) => ({ code, level: code.length / 2, ko: code, en: code })),
      })),
      standIn(readStoreSnapshot, ({ storeId }) =>
        storeId === late ? { ...snapshot, storeId } : reject("store.not_found"),
      ),
    ],
  });
  tell({ storeId: annas, sellerId: anna.id ?? "" });
  tell({ storeId: bens, sellerId: ben.id ?? "", kind: "GOODS", name: "벤의 상점" });
  await app.settle();
});
after(() => app.close());

function tell(change: Partial<EventData<typeof storeChanged>>) {
  app.say(storeChanged, change.storeId ?? annas, { ...snapshot, ...change });
}

function done<Answer>(answer: Answer): Exclude<Answer, Refusal> {
  assert.ok(!isRefusal(answer), JSON.stringify(answer));
  return answer as Exclude<Answer, Refusal>;
}

function code(answer: unknown): string {
  return isRefusal(answer) ? answer.refused : "done";
}

const stew = { storeId: annas, name: "김치찌개", category: "010101", basePrice: 9_000 };
const shirt = {
  storeId: bens,
  name: "티셔츠",
  category: "020101",
  basePrice: 20_000,
  optionGroups: [
    {
      name: "크기",
      min: 1,
      max: 1,
      options: [
        { name: "S", priceDelta: 0, stocked: true },
        { name: "L", priceDelta: 2_000, stocked: true },
      ],
    },
  ],
};

test("a seller fills only their own store, also one made a moment ago", async () => {
  assert.equal(code(await app.call(contract.createItem, stew, ben)), "item.store_not_found");
  assert.equal(code(await app.call(contract.createItem, { ...stew, storeId: late }, anna)), "done");
  const nowhere = "str_01jd7x00000000000000000n0n";
  assert.equal(code(await app.call(contract.createItem, { ...stew, storeId: nowhere }, anna)), "item.store_not_found");
  assert.equal(code(await app.call(contract.createItem, { ...stew, category: "99" }, anna)), "item.category_not_found");
  const item = done(await app.call(contract.createItem, { ...stew, name: "  김치   찌개 " }, anna));
  assert.deepEqual([item.name, item.kind, item.version, item.status], ["김치 찌개", "FOOD", 1, "ON_SALE"]);
});

test("another seller's item is not found, whatever is tried on it", async () => {
  const { itemId } = done(await app.call(contract.createItem, stew, anna));
  const edit = {
    itemId,
    version: 1,
    name: "뺏은 찌개",
    description: "",
    category: "010101",
    basePrice: 1,
    optionGroups: [],
  };
  const tries = [
    app.call(contract.readMyItem, { itemId }, ben),
    app.call(contract.editItem, edit, ben),
    app.call(contract.moveItem, { itemId, version: 1, status: "HIDDEN" }, ben),
  ];
  for (const answer of await Promise.all(tries)) assert.equal(code(answer), "item.not_found");
  assert.equal(code(await app.call(contract.listMyItems, { storeId: annas }, ben)), "item.store_not_found");
});

test("of 16 edits of one version exactly one wins, the others hear the current version", async () => {
  const { itemId } = done(await app.call(contract.createItem, stew, anna));
  const answers = await Promise.all(
    Array.from({ length: 16 }, (_, n) => {
      const edit = { ...stew, itemId, version: 1, description: "", basePrice: 9_100 + n, optionGroups: [] };
      const { storeId: _store, ...input } = edit;
      return app.call(contract.editItem, input, anna);
    }),
  );
  const winners = answers.filter((answer) => !isRefusal(answer)).map((answer) => done(answer));
  assert.equal(winners.length, 1);
  const refused: unknown[] = answers.filter((answer) => isRefusal(answer));
  assert.equal(refused.length, 15);
  for (const no of refused) assert.deepEqual(no, { refused: "item.version_conflict", details: { version: 2 } });
  const kept = done(await app.call(contract.readMyItem, { itemId }, anna));
  assert.deepEqual([kept.version, kept.basePrice], [2, winners[0]?.basePrice]);
});

test("the same creation again makes no second item", async () => {
  const caller = withKey(anna, contract.createItem, "twice");
  const first = done(await app.call(contract.createItem, stew, caller));
  assert.equal(done(await app.call(contract.createItem, stew, caller)).itemId, first.itemId);
});

test("an edit keeps the ids of options that stay, and takes no foreign ones", async () => {
  const item = done(await app.call(contract.createItem, shirt, ben));
  const [group] = item.optionGroups;
  assert.ok(group);
  const [small, large] = group.options;
  assert.ok(small && large);
  const { storeId: _, optionGroups: __, ...rest } = shirt;
  const edit = { ...rest, itemId: item.itemId, description: "면" };
  const other = done(await app.call(contract.createItem, shirt, ben));
  const foreign = { ...group, options: [other.optionGroups[0]?.options[0] ?? small] };
  const stolen = await app.call(contract.editItem, { ...edit, version: 1, optionGroups: [foreign] }, ben);
  assert.equal(code(stolen), "item.option_unknown");
  const grown = { ...group, options: [large, { name: "XL", priceDelta: 3_000, stocked: true }] };
  const edited = done(await app.call(contract.editItem, { ...edit, version: 1, optionGroups: [grown] }, ben));
  const ids = edited.optionGroups[0]?.options.map((option) => option.optionId) ?? [];
  assert.equal(ids[0], large.optionId);
  assert.match(ids[1] ?? "", /^opt_/);
  const [stored] = await app.sql<{ version: number }>("catalog", "select version from states where key = $1", [
    item.itemId,
  ]);
  assert.equal(stored?.version, 2);
});

test("a hidden item, or one of a suspended store, is not there for visitors", async () => {
  const item = done(await app.call(contract.createItem, { ...shirt, name: "숨은 티셔츠" }, ben));
  const { itemId } = item;
  const find = async () => done(await app.call(contract.searchItems, { keyword: "숨은" }, nobody)).items.length;
  assert.deepEqual([code(await app.call(contract.getItem, { itemId }, nobody)), await find()], ["done", 1]);
  tell({ storeId: bens, sellerId: ben.id ?? "", kind: "GOODS", name: "벤의 상점", status: "SUSPENDED", version: 4 });
  await app.settle();
  assert.deepEqual([code(await app.call(contract.getItem, { itemId }, nobody)), await find()], ["item.not_found", 0]);
  tell({ storeId: bens, sellerId: ben.id ?? "", kind: "GOODS", name: "벤의 상점", version: 5 });
  await app.settle();
  done(await app.call(contract.moveItem, { itemId, version: 1, status: "HIDDEN" }, ben));
  assert.deepEqual([code(await app.call(contract.getItem, { itemId }, nobody)), await find()], ["item.not_found", 0]);
  done(await app.call(contract.moveItem, { itemId, version: 2, status: "PAUSED" }, ben));
  assert.deepEqual([code(await app.call(contract.getItem, { itemId }, nobody)), await find()], ["done", 1]);
  const sold = await app.call(contract.moveItem, { itemId, version: 2, status: "ON_SALE" }, ben);
  assert.equal(code(sold), "item.version_conflict");
  assert.equal(done(await app.call(contract.getItemForOrder, { itemId }, service("order"))).status, "PAUSED");
});

test("an item is sold out with its own stock, or with the last of its stocked options", async () => {
  const plain = done(await app.call(contract.createItem, { ...stew, name: "한정 찌개" }, anna));
  const item = done(await app.call(contract.createItem, { ...shirt, name: "한정 티셔츠" }, ben));
  const [small, large] = item.optionGroups[0]?.options ?? [];
  assert.ok(small && large);
  const shown = async (itemId: string) => done(await app.call(contract.getItem, { itemId }, nobody)).soldOut;
  const listed = async () =>
    done(await app.call(contract.searchItems, { keyword: "한정" }, nobody)).items.map((one) => one.soldOut);
  const say = async (skuId: string, soldOut: boolean) => {
    app.say(stockAvailability, skuId, { skuId, soldOut });
    await app.settle();
  };
  assert.deepEqual(await listed(), [false, false]);
  await say(plain.itemId, true);
  await say(item.itemId, true);
  await say(small.optionId, true);
  assert.deepEqual([await shown(plain.itemId), await shown(item.itemId)], [true, false]);
  await say(large.optionId, true);
  assert.deepEqual([await shown(item.itemId), await listed()], [true, [true, true]]);
  await say(small.optionId, false);
  const detail = done(await app.call(contract.getItem, { itemId: item.itemId }, nobody));
  assert.deepEqual(
    detail.optionGroups[0]?.options.map((option) => option.soldOut),
    [false, true],
  );
});

test("paging over equal prices and equal times loses and doubles nothing, in every order", async () => {
  const names = Array.from({ length: 11 }, (_, n) => `쪽 ${n}번`);
  for (const name of names) done(await app.call(contract.createItem, { ...stew, name, category: "010201" }, anna));
  for (const filter of [
    {},
    { category: "0102" },
    { category: "010201" },
    { category: "01" },
    { kind: "FOOD" as const },
  ]) {
    for (const sort of ["newest", "price-low", "price-high"] as const) {
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const input = { ...filter, keyword: "쪽", sort, limit: 3, ...(cursor ? { cursor } : {}) };
        const page = done(await app.call(contract.searchItems, input, nobody));
        found.push(...page.items.map((item) => item.name));
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      assert.deepEqual(found.toSorted(), names.toSorted(), `${sort} ${JSON.stringify(filter)}`);
    }
  }
  const first = done(await app.call(contract.searchItems, { limit: 1 }, nobody));
  const misused = { sort: "price-low" as const, cursor: first.nextCursor ?? "" };
  assert.equal(code(await app.call(contract.searchItems, misused, nobody)), "item.cursor_invalid");
});

test("a store's list and search narrow and sort", async () => {
  const prices = [3_000, 1_000, 2_000];
  for (const basePrice of prices) {
    done(await app.call(contract.createItem, { ...shirt, name: `정렬 ${basePrice}`, basePrice }, ben));
  }
  const list = async (sort: "price-low" | "price-high") =>
    done(await app.call(contract.listStoreItems, { storeId: bens, sort, limit: 100 }, nobody)).items.map(
      (one) => one.basePrice,
    );
  assert.deepEqual((await list("price-low")).slice(0, 3), [1_000, 2_000, 3_000]);
  assert.deepEqual(await list("price-high"), (await list("price-low")).toReversed());
  const goods = done(await app.call(contract.searchItems, { kind: "GOODS", keyword: "정렬" }, nobody)).items;
  assert.deepEqual([goods.length, goods[0]?.storeName], [3, "벤의 상점"]);
  assert.equal(done(await app.call(contract.searchItems, { kind: "FOOD", keyword: "정렬" }, nobody)).items.length, 0);
  assert.equal(done(await app.call(contract.searchItems, { keyword: "%" }, nobody)).items.length, 0);
});
