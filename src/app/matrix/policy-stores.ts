import * as stores from "#contracts/store/operations.ts";
import type { Good, Policies } from "./policy.ts";
import { newName, newStore, type Town } from "./town.ts";

const OWNER = { may: ["SELLER"], whose: "owner" } as const;
const OPERATORS = { may: ["OPERATOR", "ADMIN"], whose: "operators" } as const;
const ANYONE = { may: "anyone", whose: "anyone" } as const;
type State = Parameters<typeof newStore>[3];

const onStore = (state: State, input: object, other?: object) => async (town: Town) => {
  const storeId = await newStore(town, town.seller, "FOOD", state);
  return { input: { storeId, ...input }, as: town.seller, ...(other ? { other } : {}) } as Good;
};
const judging = (state: State) => async (town: Town) => {
  const { input } = await onStore(state, { comment: "살펴봄" })(town);
  return { input, as: town.operator };
};

export const storePolicy: Policies = {
  createStore: {
    may: ["SELLER"],
    whose: "caller",
    good: ({ seller }) => ({ input: { name: newName("새 가게"), kind: "FOOD" }, as: seller, other: { kind: "GOODS" } }),
  },
  editStore: { ...OWNER, good: onStore("DRAFT", { description: "새로 여는 집" }) },
  saveContact: { ...OWNER, good: onStore("DRAFT", { phone: "02-123-4567", road: "서울 어느 길 1", detail: "2층" }) },
  saveCompany: {
    may: ["SELLER"],
    whose: "caller",
    good: ({ seller }) => ({
      input: { businessRegistrationNo: "111-11-11119", name: newName("업체"), phone: "02-123-4567" },
      as: seller,
      other: { name: "다른 이름" },
    }),
  },
  submitStore: { ...OWNER, good: onStore("DRAFT", {}) },
  switchStore: { ...OWNER, good: onStore("OPEN", { open: false }, { open: true }) },
  closeStore: { ...OWNER, good: onStore("OPEN", {}) },
  approveStore: { ...OPERATORS, good: judging("SUBMITTED") },
  rejectStore: { ...OPERATORS, good: judging("SUBMITTED") },
  suspendStore: { ...OPERATORS, good: judging("OPEN") },
  reinstateStore: {
    ...OPERATORS,
    good: async (town) => {
      const { input, as } = await judging("OPEN")(town);
      await town.done(stores.suspendStore, input, as);
      return { input, as };
    },
  },
  listStores: { ...ANYONE, good: () => ({ input: { keyword: "가게", limit: 5 } }) },
  getStore: { ...ANYONE, good: ({ food }) => ({ input: { storeId: food.storeId } }) },
  listCategories: { ...ANYONE, good: () => ({ input: {} }) },
  listMyStores: { may: ["SELLER"], whose: "caller", good: ({ seller }) => ({ input: { limit: 1 }, as: seller }) },
  readMyStore: { ...OWNER, good: ({ food, seller }) => ({ input: { storeId: food.storeId }, as: seller }) },
  listStoresForReview: { ...OPERATORS, good: ({ operator }) => ({ input: { status: "APPROVED" }, as: operator }) },
  reviewStore: { ...OPERATORS, good: ({ food, operator }) => ({ input: { storeId: food.storeId }, as: operator }) },
  readStoreSnapshot: {
    may: "house",
    whose: "house",
    good: ({ food, door }) => ({ input: { storeId: food.storeId }, as: door.house() }),
  },
};
