import assert from "node:assert/strict";
import { test } from "node:test";
import { isRefusal } from "#platform/core/decision.ts";
import type { Instant } from "#platform/core/time.ts";
import { type MoveName, move, moves, needsComment } from "./moves.ts";
import { nameClaim, tidyName } from "./names.ts";
import { missingForSubmission } from "./profile.ts";
import { registrationNo } from "./registration-no.ts";
import { EMPTY_PROFILE, type Status, type Store } from "./store.ts";

const draft: Store = {
  ...EMPTY_PROFILE,
  storeId: "str_01jd7x0000000000000000stre",
  sellerId: "acc_01jd7x0000000000000000se11",
  version: 1,
  name: "마당분식",
  kind: "FOOD",
  status: "DRAFT",
  openSwitch: true,
  createdAt: "2026-11-21T03:00:00.000Z" as Instant,
};
const allStatuses: Status[] = ["DRAFT", "SUBMITTED", "APPROVED", "REJECTED", "SUSPENDED", "CLOSED"];

test("moves only along the arrows of the domain, and counts its version", () => {
  for (const name of Object.keys(moves) as MoveName[]) {
    for (const status of allStatuses) {
      const moved = move({ ...draft, status }, name, "사유");
      const legal = (moves[name].from as readonly Status[]).includes(status);
      assert.equal(isRefusal(moved), !legal, `${name} from ${status}`);
      if (!isRefusal(moved)) assert.deepEqual([moved.status, moved.version], [moves[name].to, 2]);
    }
  }
});

test("a rejection and a suspension say why", () => {
  const explained = (Object.keys(moves) as MoveName[]).filter(needsComment);
  assert.deepEqual(explained, ["reject", "suspend"]);
});

test("names what a submission still lacks", () => {
  assert.equal(missingForSubmission(draft), "categories");
  const store: Store = { ...draft, categories: ["0101"] };
  assert.equal(missingForSubmission(store), "fulfilments");
  assert.equal(missingForSubmission({ ...store, fulfilments: ["DELIVERY"] }), "deliveryAreas");
  assert.equal(missingForSubmission({ ...store, fulfilments: ["PICKUP"] }), undefined);
});

test("spaces, case and decomposed Hangul do not make another name; a lone jamo does", () => {
  assert.equal(tidyName("  마당   분식 "), "마당 분식");
  assert.equal(nameClaim("마당 분식"), nameClaim("마당분식"));
  assert.equal(nameClaim("마당분식".normalize("NFD")), nameClaim("마당분식"));
  assert.equal(nameClaim("Cafe MADANG"), nameClaim("cafe madang"));
  assert.notEqual(nameClaim("ㅋㅋ분식"), nameClaim("분식"));
});

test("knows a business registration number by its check digit", () => {
  assert.equal(registrationNo("220-81-62517"), "2208162517");
  assert.equal(registrationNo("1248100998"), "1248100998");
  for (const wrong of ["220-81-62518", "2208162571", "0000000001", "22081", "22081625170"]) {
    assert.equal(registrationNo(wrong), undefined, wrong);
  }
});
