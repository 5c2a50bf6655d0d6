import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as contract from "#contracts/store/operations.ts";
import { isRefusal, type Refusal } from "#platform/core/decision.ts";
import type { Instant } from "#platform/core/time.ts";
import { startApp, type TestApp } from "#platform/testing/app.ts";
import { turnableClock } from "#platform/testing/clock.ts";
import { nobody, operator, seller, service, withKey } from "#platform/testing/people.ts";
import { storeService } from "./service.ts";

const anna = seller("acc_01jd7x0000000000000000anna");
const ben = seller("acc_01jd7x00000000000000000ben");
const judge = operator("acc_01jd7x0000000000000000pera");
const numbers = ["220-81-62517", "124-81-00998"];
let app: TestApp;

before(async () => {
  // A Monday noon in Seoul.
  app = await startApp({
    services: [storeService],
    clock: turnableClock("2026-11-16T03:00:00.000Z" as Instant),
  });
});
after(() => app.close());

const profile = {
  kind: "FOOD" as const,
  categories: ["010101"],
  hours: [{ opensAt: 600, closesAt: 1560 }],
  fulfilments: ["PICKUP" as const],
};

function done<Answer>(answer: Answer): Exclude<Answer, Refusal> {
  assert.ok(!isRefusal(answer), JSON.stringify(answer));
  return answer as Exclude<Answer, Refusal>;
}

function code(answer: unknown): string {
  return isRefusal(answer) ? answer.refused : "done";
}

async function createStore(name: string, owner = anna) {
  return done(await app.call(contract.createStore, { name, ...profile }, owner));
}

async function openStore(name: string, owner = anna) {
  const { storeId } = await createStore(name, owner);
  const businessRegistrationNo = numbers[owner === anna ? 0 : 1] ?? "";
  done(await app.call(contract.saveCompany, { businessRegistrationNo, name: "마당상사", phone: "02-123-4567" }, owner));
  done(await app.call(contract.submitStore, { storeId }, owner));
  return done(await app.call(contract.approveStore, { storeId }, judge));
}

test("a store is a draft that nobody else sees until an operator has approved it", async () => {
  const draft = await createStore("승인분식");
  const { storeId } = draft;
  assert.equal(draft.status, "DRAFT");
  assert.equal(code(await app.call(contract.getStore, { storeId }, nobody)), "store.not_found");
  assert.equal(code(await app.call(contract.submitStore, { storeId }, anna)), "store.company_missing");
  const company = { businessRegistrationNo: "220-81-62518", name: "마당상사", phone: "02-123-4567" };
  assert.equal(code(await app.call(contract.saveCompany, company, anna)), "store.registration_no_invalid");
  done(await app.call(contract.saveCompany, { ...company, businessRegistrationNo: "2208162517" }, anna));
  done(await app.call(contract.submitStore, { storeId }, anna));
  assert.equal(code(await app.call(contract.editStore, { storeId, minOrder: 1 }, anna)), "store.wrong_state");
  assert.equal(code(await app.call(contract.rejectStore, { storeId }, judge)), "store.comment_missing");
  const rejected = done(await app.call(contract.rejectStore, { storeId, comment: "사진이 없어요" }, judge));
  assert.deepEqual([rejected.status, rejected.comment], ["REJECTED", "사진이 없어요"]);
  done(await app.call(contract.submitStore, { storeId }, anna));
  const seen = done(await app.call(contract.reviewStore, { storeId }, judge));
  assert.equal(seen.company?.businessRegistrationNo, "2208162517");
  done(await app.call(contract.approveStore, { storeId }, judge));
  const shown = done(await app.call(contract.getStore, { storeId }, nobody));
  assert.deepEqual([shown.name, shown.openNow, "sellerId" in shown], ["승인분식", true, false]);
  assert.equal(code(await app.call(contract.approveStore, { storeId }, judge)), "store.wrong_state");
});

test("a closed store shows when it opens next", async () => {
  const { storeId } = await openStore("야간분식");
  done(await app.call(contract.editStore, { storeId, hours: [{ opensAt: 1080, closesAt: 1560 }] }, anna));
  const shown = done(await app.call(contract.getStore, { storeId }, nobody));
  assert.deepEqual([shown.openNow, shown.nextOpening], [false, "2026-11-16T09:00:00.000Z"]);
  done(await app.call(contract.switchStore, { storeId, open: false }, anna));
  const off = done(await app.call(contract.getStore, { storeId }, nobody));
  assert.deepEqual([off.openNow, off.nextOpening], [false, undefined]);
});

test("another seller's store is not found, whatever is tried on it", async () => {
  const { storeId } = await createStore("안나네");
  const contact = { storeId, phone: "02-111-2222", road: "마당로 1", detail: "" };
  const tries = [
    app.call(contract.readMyStore, { storeId }, ben),
    app.call(contract.editStore, { storeId, minOrder: 1 }, ben),
    app.call(contract.editStore, { storeId, name: "빼앗은 이름" }, ben),
    app.call(contract.saveContact, contact, ben),
    app.call(contract.submitStore, { storeId }, ben),
    app.call(contract.switchStore, { storeId, open: false }, ben),
    app.call(contract.closeStore, { storeId }, ben),
  ];
  for (const answer of await Promise.all(tries)) assert.equal(code(answer), "store.not_found");
  assert.equal(done(await app.call(contract.readMyStore, { storeId }, anna)).version, 1);
});

test("of 16 sellers who want one name at once exactly one gets it, and closing frees it", async () => {
  const answers = await Promise.all(
    Array.from({ length: 16 }, (_, n) =>
      app.call(contract.createStore, { name: n % 2 ? "단 하나" : " 단하나 ", kind: "GOODS" }, n % 3 ? anna : ben),
    ),
  );
  assert.deepEqual([...new Set(answers.map(code))].sort(), ["done", "store.name_taken"]);
  const [won] = answers.filter((answer) => !isRefusal(answer)).map((answer) => done(answer));
  assert.equal(answers.filter((answer) => !isRefusal(answer)).length, 1);
  assert.ok(won);
  const winner = won.sellerId === anna.id ? anna : ben;
  done(await app.call(contract.closeStore, { storeId: won.storeId }, winner));
  assert.equal(code(await app.call(contract.createStore, { name: "단하나", kind: "FOOD" }, ben)), "done");
});

test("a rename takes the new name and lets go of the old one", async () => {
  const { storeId } = await createStore("옛 이름");
  const other = await createStore("남의 이름", ben);
  assert.equal(code(await app.call(contract.editStore, { storeId, name: "남의이름" }, anna)), "store.name_taken");
  done(await app.call(contract.editStore, { storeId, name: "새 이름" }, anna));
  done(await app.call(contract.editStore, { storeId, name: "새이름" }, anna));
  done(await app.call(contract.editStore, { storeId: other.storeId, name: "옛 이름" }, ben));
});

test("the same creation again makes no second store, under another body it is refused", async () => {
  const input = { name: "한 번만", ...profile };
  const caller = withKey(anna, contract.createStore, "twice");
  const [first, again] = [
    await app.call(contract.createStore, input, caller),
    await app.call(contract.createStore, input, caller),
  ];
  assert.equal(done(again).storeId, done(first).storeId);
  const changed = withKey(anna, contract.createStore, "twice", "another body");
  assert.equal(code(await app.call(contract.createStore, input, changed)), "request.key_reused");
});

test("a registration number belongs to one seller and stays", async () => {
  await openStore("등록분식");
  const company = { businessRegistrationNo: "220-81-62517", name: "가로채기", phone: "02-123-4567" };
  assert.equal(code(await app.call(contract.saveCompany, company, ben)), "store.registration_no_taken");
  const other = { ...company, businessRegistrationNo: "124-81-00998" };
  assert.equal(code(await app.call(contract.saveCompany, other, anna)), "store.registration_no_fixed");
});

test("refuses a profile that does not hold together", async () => {
  const tries: [Parameters<typeof app.call<typeof contract.createStore>>[1], string][] = [
    [{ name: "  ", kind: "FOOD" }, "store.name_blank"],
    [{ name: "없는 분류", kind: "FOOD", categories: ["99"] }, "store.category_not_found"],
    [{ name: "시간", kind: "FOOD", hours: [{ opensAt: 5, closesAt: 5 }] }, "store.hours_invalid"],
    [{ name: "방법", kind: "GOODS", fulfilments: ["DELIVERY"] }, "store.fulfilment_not_of_kind"],
    [{ name: "지역", kind: "FOOD", deliveryAreas: [{ area: "ALL", fee: 0 }] }, "store.delivery_areas_invalid"],
  ];
  for (const [input, expected] of tries)
    assert.equal(code(await app.call(contract.createStore, input, anna)), expected);
});

test("a telephone and an address stay out of history and events, and go when the store closes", async () => {
  const { storeId } = await openStore("연락분식");
  const contact = { phone: "02-987-6543", road: "비밀로 7", detail: "2층" };
  done(await app.call(contract.saveContact, { storeId, ...contact }, anna));
  assert.deepEqual(done(await app.call(contract.getStore, { storeId }, nobody)).contact, contact);
  const facts = await app.sql("store", "select facts.data from facts");
  for (const secret of ["02-987-6543", "비밀로", "02-123-4567", "2208162517"]) {
    assert.equal(JSON.stringify(facts).includes(secret), false, secret);
  }
  done(await app.call(contract.closeStore, { storeId }, anna));
  assert.equal(code(await app.call(contract.getStore, { storeId }, nobody)), "store.not_found");
  assert.equal("contact" in done(await app.call(contract.readMyStore, { storeId }, anna)), false);
});

test("lists approved stores by keyword, category and kind; paging over equal times loses nothing", async () => {
  const clock = turnableClock();
  const stopped = await startApp({
    services: [storeService],
    clock: { ...clock, now: () => "2026-11-16T03:00:00.000Z" as Instant },
  });
  try {
    const names = Array.from({ length: 7 }, (_, n) => `같은때 ${n}호`);
    for (const [n, name] of names.entries()) {
      const made = done(
        await stopped.call(contract.createStore, { name, ...profile, categories: [n < 5 ? "010101" : "010201"] }, anna),
      );
      done(
        await stopped.call(
          contract.saveCompany,
          { businessRegistrationNo: numbers[0] ?? "", name: "상사", phone: "02-123-4567" },
          anna,
        ),
      );
      done(await stopped.call(contract.submitStore, { storeId: made.storeId }, anna));
      if (n > 0) done(await stopped.call(contract.approveStore, { storeId: made.storeId }, judge));
    }
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = done(await stopped.call(contract.listStores, { limit: 2, ...(cursor ? { cursor } : {}) }, nobody));
      found.push(...page.stores.map((store) => store.name));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    assert.deepEqual(found.toSorted(), names.slice(1));
    const count = async (filter: object) => done(await stopped.call(contract.listStores, filter, nobody)).stores.length;
    assert.deepEqual(
      [
        await count({ category: "0102" }),
        await count({ category: "01" }),
        await count({ keyword: "3호" }),
        await count({ keyword: "%" }),
        await count({ kind: "GOODS" }),
      ],
      [2, 6, 1, 0, 0],
    );
    assert.equal(code(await stopped.call(contract.listStores, { cursor: "x!" }, nobody)), "store.cursor_invalid");
    const mine = done(await stopped.call(contract.listMyStores, { limit: 100 }, anna));
    assert.equal(mine.stores.length, 7);
    assert.equal(done(await stopped.call(contract.listMyStores, {}, ben)).stores.length, 0);
    const waiting = done(await stopped.call(contract.listStoresForReview, { status: "SUBMITTED" }, judge));
    assert.deepEqual(
      waiting.stores.map((store) => store.name),
      ["같은때 0호"],
    );
  } finally {
    await stopped.close();
  }
});

test("the category tree is read parent first, in its order", async () => {
  const { categories } = done(await app.call(contract.listCategories, {}, nobody));
  assert.deepEqual(
    categories.slice(0, 3).map(({ code, parentCode, level }) => [code, parentCode, level]),
    [
      ["01", undefined, 1],
      ["0101", "01", 2],
      ["010101", "0101", 3],
    ],
  );
});

test("every change is told as a snapshot with its version", async () => {
  const { storeId } = await openStore("버전분식");
  const suspended = done(await app.call(contract.suspendStore, { storeId, comment: "신고" }, judge));
  const snapshot = done(await app.call(contract.readStoreSnapshot, { storeId }, service("catalog")));
  assert.deepEqual([snapshot.status, snapshot.version, suspended.version], ["SUSPENDED", 4, 4]);
  const versions = await app.sql("store", "select facts.version from facts where facts.stream = $1 order by 1", [
    storeId,
  ]);
  assert.equal(versions.length, 4);
  done(await app.call(contract.reinstateStore, { storeId }, judge));
});
