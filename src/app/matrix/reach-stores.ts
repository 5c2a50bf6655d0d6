import * as stores from "#contracts/store/operations.ts";
import { type Case, refuses } from "./reach-case.ts";
import { newName, newStore, type Town } from "./town.ts";

type State = Parameters<typeof newStore>[3];
const on =
  (state: State, more: object = {}) =>
  async (town: Town) => {
    const storeId = await newStore(town, town.seller, "FOOD", state);
    return { input: { storeId, ...more }, as: town.seller };
  };
const closed =
  (more: object = {}) =>
  async (town: Town) => {
    const { input, as } = await on("DRAFT", more)(town);
    await town.done(stores.closeStore, { storeId: input.storeId }, as);
    return { input, as };
  };
const judged =
  (state: State, more: object = {}) =>
  async (town: Town) => {
    const { input } = await on(state, more)(town);
    return { input, as: town.operator };
  };

type ProfileCode = (typeof stores.createStore.problems)[number];
const faults: readonly (readonly [ProfileCode, object])[] = [
  ["store.name_blank", { name: " \u3000 " }],
  ["store.category_not_found", { categories: ["99"] }],
  ["store.hours_invalid", { hours: [{ opensAt: 600, closesAt: 540 }] }],
  ["store.fulfilment_not_of_kind", { fulfilments: ["PARCEL"] }],
  ["store.delivery_areas_invalid", { deliveryAreas: [{ area: "ALL", fee: 0 }] }],
];
const taken = async (town: Town) => {
  const name = newName("남의 가게");
  await town.done(stores.createStore, { name, kind: "FOOD" }, town.otherSeller);
  return name;
};
const company = { businessRegistrationNo: "333-33-33336", name: "업체", phone: "02-123-4567" };

export const reachStores: readonly Case[] = [
  ...faults.map(([code, fault]) =>
    refuses(stores.createStore, code, ({ seller }) => ({
      input: { name: newName("가게"), kind: "FOOD", ...fault },
      as: seller,
    })),
  ),
  ...faults.map(([code, fault]) => refuses(stores.editStore, code, on("DRAFT", fault))),
  refuses(stores.createStore, "store.name_taken", async (town) => ({
    input: { name: await taken(town), kind: "FOOD" },
    as: town.seller,
  })),
  refuses(stores.editStore, "store.name_taken", async (town) => on("DRAFT", { name: await taken(town) })(town)),
  refuses(stores.editStore, "store.wrong_state", on("SUBMITTED", { minOrder: 1 })),
  refuses(stores.saveContact, "store.wrong_state", closed({ phone: "02-123-4567", road: "어느 길", detail: "" })),
  refuses(stores.saveCompany, "store.registration_no_invalid", ({ seller }) => ({
    input: { ...company, businessRegistrationNo: "123-45-67890" },
    as: seller,
  })),
  refuses(stores.saveCompany, "store.registration_no_taken", async (town) => ({
    input: { ...company, businessRegistrationNo: "222-22-22227" },
    as: town.door.mint.as("SELLER"),
  })),
  refuses(stores.saveCompany, "store.registration_no_fixed", ({ seller }) => ({ input: company, as: seller })),
  refuses(stores.submitStore, "store.wrong_state", on("SUBMITTED")),
  refuses(stores.submitStore, "store.company_missing", async (town) => {
    const seller = town.door.mint.as("SELLER");
    return { input: { storeId: await newStore(town, seller, "FOOD", "DRAFT") }, as: seller };
  }),
  refuses(stores.submitStore, "store.incomplete", async ({ done, seller }) => {
    const { storeId } = await done(stores.createStore, { name: newName("빈 가게"), kind: "FOOD" }, seller);
    return { input: { storeId }, as: seller };
  }),
  refuses(stores.switchStore, "store.wrong_state", closed({ open: true })),
  refuses(stores.closeStore, "store.wrong_state", closed()),
  refuses(stores.approveStore, "store.wrong_state", judged("DRAFT")),
  refuses(stores.rejectStore, "store.wrong_state", judged("OPEN", { comment: "다시" })),
  refuses(stores.suspendStore, "store.wrong_state", judged("SUBMITTED", { comment: "다시" })),
  refuses(stores.reinstateStore, "store.wrong_state", judged("OPEN")),
  refuses(stores.rejectStore, "store.comment_missing", judged("SUBMITTED")),
  refuses(stores.suspendStore, "store.comment_missing", judged("OPEN")),
];
