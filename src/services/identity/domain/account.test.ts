import assert from "node:assert/strict";
import { test } from "node:test";
import { isRefusal } from "#platform/core/decision.ts";
import {
  type Account,
  type AccountFact,
  evolveAccount,
  grantRole,
  register,
  setStatus,
  withdrawRole,
} from "./account.ts";
import { isTooCommon } from "./common-passwords.ts";
import { foldEmail, phoneDigits } from "./person.ts";

const buyer: Account = { accountId: "acc_1", roles: ["BUYER"], nickname: "마당이", status: "ACTIVE", authority: 1 };
const change = { by: "acc_admin", reason: "HIRED" };

function after(account: Account, facts: unknown): Account {
  assert.ok(!isRefusal(facts));
  return (facts as AccountFact[]).reduce<Account>((state, fact) => evolveAccount(state, fact) ?? state, account);
}
const refusedCode = (facts: unknown) => (isRefusal(facts) ? facts.refused : undefined);

test("an e-mail or a nickname that is claimed refuses the registration and blames its field", () => {
  const registered = { accountId: "acc_1", roles: ["BUYER"] as const, nickname: "마당이" };
  const taken = register(registered, { email: { accountId: "acc_2" }, nickname: undefined });
  assert.deepEqual(taken, { refused: "account.email_taken", field: "email", details: {} });
  const named = register(registered, { email: undefined, nickname: { accountId: "acc_2" } });
  assert.equal(refusedCode(named), "account.nickname_taken");
});

test("granting adds a role once and raises the account's authority", () => {
  const seller = after(buyer, grantRole(buyer, "SELLER", change));
  assert.deepEqual([seller.roles, seller.authority], [["BUYER", "SELLER"], 2]);
  assert.deepEqual(grantRole(seller, "SELLER", change), []);
});

test("the last role stays, and nobody takes ADMIN or the account from oneself", () => {
  assert.equal(refusedCode(withdrawRole(buyer, "BUYER", change)), "account.last_role");
  const admin: Account = { ...buyer, accountId: "acc_admin", roles: ["BUYER", "ADMIN"] };
  assert.equal(refusedCode(withdrawRole(admin, "ADMIN", change)), "account.own_admin");
  assert.equal(refusedCode(setStatus(admin, "SUSPENDED", change)), "account.own_admin");
  assert.deepEqual(after(admin, withdrawRole(admin, "BUYER", change)).roles, ["ADMIN"]);
});

test("suspending and reinstating turn the status and raise the authority, once", () => {
  const suspended = after(buyer, setStatus(buyer, "SUSPENDED", change));
  assert.deepEqual([suspended.status, suspended.authority], ["SUSPENDED", 2]);
  assert.deepEqual(setStatus(suspended, "SUSPENDED", change), []);
  assert.equal(after(suspended, setStatus(suspended, "ACTIVE", change)).status, "ACTIVE");
});

test("an unknown account is not found", () => {
  for (const facts of [grantRole(undefined, "SELLER", change), setStatus(undefined, "SUSPENDED", change)]) {
    assert.equal(refusedCode(facts), "account.not_found");
  }
});

test("the common passwords and one's own names are refused, everything else of the length is not", () => {
  const person = { email: "haneul.kim@madang.example", nickname: "haneulkim" };
  for (const bad of ["password", "PassWord1", "12345678", "1q2w3e4r", "haneul.kim", "HaneulKim"]) {
    assert.equal(isTooCommon(bad, person), true, bad);
  }
  for (const good of ["aaaa bbbb", "비밀번호는여덟자", "correct horse battery"]) {
    assert.equal(isTooCommon(good, person), false, good);
  }
});

test("an e-mail in another case is the same one, and a phone number is its digits", () => {
  assert.equal(foldEmail("Haneul@Madang.Example"), "haneul@madang.example");
  assert.equal(phoneDigits("010-1234-5678"), "01012345678");
});
