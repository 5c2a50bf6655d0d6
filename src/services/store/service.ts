import { storeChanged } from "#contracts/store/events.ts";
import type { StoredFact } from "#platform/facts/change.ts";
import { service } from "#platform/service.ts";
import { announce } from "./announce.ts";
import { closeStore } from "./api/close-store.ts";
import { createStore } from "./api/create-store.ts";
import { editStore } from "./api/edit-store.ts";
import { judgements } from "./api/judge-store.ts";
import { listCategories } from "./api/list-categories.ts";
import { listForReview, listMine, listPublic } from "./api/list-stores.ts";
import { problems } from "./api/problems.ts";
import { getPublic, readMine, readSnapshot, review } from "./api/read-store.ts";
import { saveCompany } from "./api/save-company.ts";
import { saveContact } from "./api/save-contact.ts";
import { submitStore } from "./api/submit-store.ts";
import { switchStore } from "./api/switch-store.ts";
import type { StoreDeps } from "./deps.ts";
import type { StoreFactData } from "./domain/store.ts";

export const storeService = service<StoreDeps, Record<string, never>>({
  name: "store",
  migrations: `${import.meta.dirname}/db`,
  settings: {},
  calls: [],
  problems,
  announces: [storeChanged],
  announce,
  evolve: (_state: unknown, fact: StoredFact) => (fact.data as StoreFactData).store,
  deps: ({ clock, ids, records, sql }) => ({ clock, ids, records, sql }),
  operations: [
    createStore,
    editStore,
    saveContact,
    saveCompany,
    submitStore,
    switchStore,
    closeStore,
    ...judgements,
    listPublic,
    getPublic,
    listCategories,
    listMine,
    readMine,
    listForReview,
    review,
    readSnapshot,
  ],
});
