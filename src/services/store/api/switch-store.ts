import { switchStore as contract } from "#contracts/store/operations.ts";
import { reject } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import type { StoreDeps } from "../deps.ts";
import { changed } from "../domain/store.ts";
import { changeOwnStore } from "./change-store.ts";

export const switchStore = handle(contract, ({ storeId, open }, caller, deps: StoreDeps) =>
  changeOwnStore(deps, caller, {
    storeId,
    decide: (store) =>
      store.status === "CLOSED"
        ? reject("store.wrong_state", { status: store.status })
        : { fact: "StoreSwitched", store: changed(store, { openSwitch: open }) },
  }),
);
