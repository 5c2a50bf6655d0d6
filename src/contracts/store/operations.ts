import { Type } from "typebox";
import { id, page, text } from "#platform/core/fields.ts";
import { operation } from "#platform/core/operation.ts";
import { StoreSnapshot } from "./events.ts";
import { Company, Contact, categoryCode, kind, OwnStore, PublicStore, profile } from "./shapes.ts";

const storeId = id("store");
const nextCursor = Type.Optional(Type.String());
const reason = text(500, { description: "판매자에게 보일 사유 · the reason, shown to the seller" });
const seller = { service: "store", access: ["SELLER"] } as const;
const operator = { service: "store", access: ["OPERATOR", "ADMIN"] } as const;
const visitor = { service: "store", access: "anyone", method: "GET", idempotency: "safe" } as const;

export const createStore = operation({
  ...seller,
  name: "createStore",
  method: "POST",
  path: "/stores",
  summary: { ko: "가게를 만든다 (초안)", en: "Create a store, as a draft" },
  input: Type.Object({ name: text(60), kind, ...Type.Partial(Type.Object(profile)).properties }),
  output: OwnStore,
  status: 201,
  problems: [
    "store.name_taken",
    "store.name_blank",
    "store.category_not_found",
    "store.hours_invalid",
    "store.fulfilment_not_of_kind",
    "store.delivery_areas_invalid",
  ],
  idempotency: "key",
});

export const editStore = operation({
  ...seller,
  name: "editStore",
  method: "PATCH",
  path: "/stores/:storeId",
  summary: { ko: "가게 정보를 고친다", en: "Edit a store; what is left out stays" },
  input: Type.Object({
    storeId,
    name: Type.Optional(text(60)),
    ...Type.Partial(Type.Object(profile)).properties,
  }),
  output: OwnStore,
  problems: [...createStore.problems, "store.not_found", "store.wrong_state", "store.changed_meanwhile"],
  idempotency: "key",
});

/** Kept beside the store and never in its history or events: it may be a private person's telephone and address. */
export const saveContact = operation({
  ...seller,
  name: "saveContact",
  method: "PUT",
  path: "/stores/:storeId/contact",
  summary: { ko: "가게 연락처와 주소를 적는다", en: "Set the store's telephone and address" },
  input: Type.Object({ storeId, ...Contact.properties }),
  output: Contact,
  problems: ["store.not_found", "store.wrong_state"],
  idempotency: "key",
});

/** The legal seller behind all stores of this account (B3's facts without the payout account). */
export const saveCompany = operation({
  ...seller,
  name: "saveCompany",
  method: "PUT",
  path: "/my/company",
  summary: { ko: "업체 정보를 적는다", en: "Set the company facts of the seller" },
  input: Type.Object({
    businessRegistrationNo: Type.String({ pattern: "^\\d{3}-?\\d{2}-?\\d{5}$", description: "123-45-67891" }),
    name: text(60),
    phone: Type.String({ pattern: "^0\\d{1,2}-?\\d{3,4}-?\\d{4}$", description: "02-123-4567" }),
  }),
  output: Company,
  problems: ["store.registration_no_invalid", "store.registration_no_taken", "store.registration_no_fixed"],
  idempotency: "key",
});

export const submitStore = operation({
  ...seller,
  name: "submitStore",
  method: "POST",
  path: "/stores/:storeId/submission",
  summary: { ko: "가게 심사를 신청한다", en: "Submit a store for approval" },
  input: Type.Object({ storeId }),
  output: OwnStore,
  problems: ["store.not_found", "store.wrong_state", "store.company_missing", "store.incomplete"],
  idempotency: "key",
});

export const switchStore = operation({
  ...seller,
  name: "switchStore",
  method: "PUT",
  path: "/stores/:storeId/open-switch",
  summary: { ko: "가게를 열거나 닫는다 (임시)", en: "Switch taking orders on or off" },
  input: Type.Object({ storeId, open: Type.Boolean() }),
  output: OwnStore,
  problems: ["store.not_found", "store.wrong_state"],
  idempotency: "key",
});

/** Soft and for good: the name is free again, orders keep their copy. */
export const closeStore = operation({
  ...seller,
  name: "closeStore",
  method: "POST",
  path: "/stores/:storeId/closing",
  summary: { ko: "가게를 폐점한다", en: "Close a store for good" },
  input: Type.Object({ storeId }),
  output: OwnStore,
  problems: ["store.not_found", "store.wrong_state", "store.changed_meanwhile"],
  idempotency: "key",
});

export const listMyStores = operation({
  ...seller,
  name: "listMyStores",
  method: "GET",
  path: "/my/stores",
  summary: { ko: "내 가게 목록", en: "My stores, newest first" },
  input: Type.Object({ ...page }),
  output: Type.Object({ stores: Type.Array(OwnStore), nextCursor }),
  problems: ["store.cursor_invalid"],
  idempotency: "safe",
});

export const readMyStore = operation({
  ...seller,
  name: "readMyStore",
  method: "GET",
  path: "/my/stores/:storeId",
  summary: { ko: "내 가게", en: "One of my stores" },
  input: Type.Object({ storeId }),
  output: Type.Object({ ...OwnStore.properties, contact: Type.Optional(Contact) }),
  problems: ["store.not_found"],
  idempotency: "safe",
});

export const listStoresForReview = operation({
  ...operator,
  name: "listStoresForReview",
  method: "GET",
  path: "/operator/stores",
  summary: { ko: "심사할 가게 목록", en: "Stores in one state, newest first" },
  input: Type.Object({ ...page, status: StoreSnapshot.properties.status }),
  output: Type.Object({ stores: Type.Array(OwnStore), nextCursor }),
  problems: ["store.cursor_invalid"],
  idempotency: "safe",
});

export const reviewStore = operation({
  ...operator,
  name: "reviewStore",
  method: "GET",
  path: "/operator/stores/:storeId",
  summary: { ko: "심사할 가게와 업체", en: "A store with the company behind it" },
  input: Type.Object({ storeId }),
  output: Type.Object({
    ...OwnStore.properties,
    contact: Type.Optional(Contact),
    company: Type.Optional(Company),
  }),
  problems: ["store.not_found"],
  idempotency: "safe",
});

const stateProblems = ["store.not_found", "store.wrong_state"] as const;
const reasonProblems = [...stateProblems, "store.comment_missing"] as const;
export const approveStore = judging("approveStore", "approval", stateProblems, {
  ko: "가게를 승인한다",
  en: "Approve a submitted store",
});
export const rejectStore = judging("rejectStore", "rejection", reasonProblems, {
  ko: "가게를 반려한다",
  en: "Reject a submitted store",
});
export const suspendStore = judging("suspendStore", "suspension", reasonProblems, {
  ko: "가게를 정지한다",
  en: "Suspend a store",
});
export const reinstateStore = judging("reinstateStore", "reinstatement", stateProblems, {
  ko: "정지를 푼다",
  en: "Lift a suspension",
});

function judging<const Name extends string, const Problem extends string>(
  name: Name,
  noun: string,
  problems: readonly Problem[],
  summary: { readonly ko: string; readonly en: string },
) {
  return operation({
    ...operator,
    name,
    method: "POST",
    path: `/operator/stores/:storeId/${noun}`,
    summary,
    input: Type.Object({ storeId, comment: Type.Optional(reason) }),
    output: OwnStore,
    problems,
    idempotency: "key",
  });
}

export const listStores = operation({
  ...visitor,
  name: "listStores",
  path: "/stores",
  summary: { ko: "가게 찾기", en: "Find stores, newest first" },
  input: Type.Object({
    ...page,
    keyword: Type.Optional(text(40)),
    category: Type.Optional(categoryCode),
    kind: Type.Optional(kind),
  }),
  output: Type.Object({ stores: Type.Array(PublicStore), nextCursor }),
  problems: ["store.cursor_invalid"],
  cacheMs: 800,
});

export const getStore = operation({
  ...visitor,
  name: "getStore",
  path: "/stores/:storeId",
  summary: { ko: "가게", en: "A store, with whether it is open and when it opens next" },
  input: Type.Object({ storeId }),
  output: Type.Object({
    ...PublicStore.properties,
    hours: StoreSnapshot.properties.hours,
    holidays: StoreSnapshot.properties.holidays,
    deliveryAreas: StoreSnapshot.properties.deliveryAreas,
    contact: Type.Optional(Contact),
  }),
  problems: ["store.not_found"],
  cacheMs: 800,
});

export const listCategories = operation({
  ...visitor,
  name: "listCategories",
  path: "/categories",
  summary: { ko: "분류 (3단계)", en: "The category tree, three levels" },
  input: Type.Object({}),
  output: Type.Object({
    categories: Type.Array(
      Type.Object({
        code: categoryCode,
        parentCode: Type.Optional(categoryCode),
        level: Type.Integer({ minimum: 1, maximum: 3 }),
        ko: text(40),
        en: text(40),
      }),
    ),
  }),
  problems: [],
  cacheMs: 800,
});

/** For a service whose view has not heard of a store yet: asked once, never on the hot path. */
export const readStoreSnapshot = operation({
  service: "store",
  name: "readStoreSnapshot",
  method: "GET",
  path: "/internal/stores/:storeId",
  access: "service",
  summary: { ko: "가게 사본을 읽는다", en: "Read a store's snapshot" },
  input: Type.Object({ storeId }),
  output: StoreSnapshot,
  problems: ["store.not_found"],
  idempotency: "safe",
});
