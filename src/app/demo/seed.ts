import { createItem } from "#contracts/catalog/operations.ts";
import { createFirstAdmin } from "#contracts/identity/keys.ts";
import { acceptInvitation, inviteOperator, signUp } from "#contracts/identity/operations.ts";
import { adjustStock } from "#contracts/stock/operations.ts";
import * as stores from "#contracts/store/operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import type { Caller, InputOf, Operation, OutputOf, Role } from "#platform/core/operation.ts";
import { isBehind } from "../behind.ts";
import type { App } from "../compose.ts";
import { DEMO_PASSWORD, DEMO_PEOPLE } from "./people.ts";
import { DEMO_STORES, type DemoStore } from "./stores.ts";

const TRACE = "00-000000000000000000000000000de3ad-000000000000de3a-01";
const base = { traceparent: TRACE, locale: "ko" as const, roles: [] as readonly Role[] };

/** Calls as somebody, with a key that is the same at every start: what was seeded once is found, not made again. */
async function seed<Op extends Operation>(
  app: App,
  operation: Op,
  input: InputOf<Op>,
  caller: Caller,
  key: string,
): Promise<OutputOf<Op>> {
  const command = { id: `demo:${operation.name}:${key}`, bodyHash: "demo" };
  const answer = await app.call(operation, input, { ...caller, command });
  if (isRefusal(answer)) throw new Error(`demo data was refused: ${operation.name} ${JSON.stringify(answer)}`);
  return answer as OutputOf<Op>;
}

/** Loads the demo's people, stores and items through the same operations that people use. Only into an empty house. */
export async function loadDemo(app: App, letters: () => readonly { readonly text: string }[]): Promise<boolean> {
  const nobody: Caller = { ...base, kind: "anyone" };
  const listed = await app.call(stores.listStores, { limit: 1 }, nobody);
  if (isRefusal(listed) || listed.stores.length > 0) return false;
  const adminId = await makeAdmin(app);
  const operatorId = await makeOperator(app, adminId, letters);
  await signUpPerson(app, DEMO_PEOPLE.buyer, "BUYER");
  for (const store of DEMO_STORES) {
    const sellerId = await signUpPerson(app, store.seller, "SELLER");
    await openStore(app, store, { ...base, kind: "account", id: sellerId, roles: ["SELLER"] }, operatorId);
  }
  return true;
}

async function makeAdmin(app: App): Promise<string> {
  const { email, nickname, name } = DEMO_PEOPLE.admin;
  const input = { email, nickname, name, password: DEMO_PASSWORD };
  const caller: Caller = { ...base, kind: "service", id: "demo" };
  return (await seed(app, createFirstAdmin, input, caller, email)).accountId;
}

/** Operators come by invitation only, the demo's too: the letter is read in the sink as a person would. */
async function makeOperator(
  app: App,
  adminId: string,
  letters: () => readonly { readonly text: string }[],
): Promise<string> {
  const { email, nickname, name } = DEMO_PEOPLE.operator;
  const asAdmin: Caller = { ...base, kind: "account", id: adminId, roles: ["ADMIN"] };
  await seed(app, inviteOperator, { email, role: "OPERATOR" }, asAdmin, email);
  const token = await invitationToken(letters);
  const nobody: Caller = { ...base, kind: "anyone" };
  const answer = await seed(app, acceptInvitation, { token, password: DEMO_PASSWORD, nickname, name }, nobody, email);
  return answer.accountId;
}

async function invitationToken(letters: () => readonly { readonly text: string }[]): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    for (const { text } of letters()) {
      const token = /inv_[0-9a-z]{26}\.[\w-]{43}/.exec(text)?.[0];
      if (token) return token;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("the operator's invitation did not arrive in the mail sink");
}

interface Person {
  readonly email: string;
  readonly nickname: string;
  readonly name: string;
}

async function signUpPerson(app: App, { email, nickname, name }: Person, role: "BUYER" | "SELLER"): Promise<string> {
  const input = { roles: [role], email, nickname, name, password: DEMO_PASSWORD };
  return (await seed(app, signUp, input, { ...base, kind: "anyone" }, email)).accountId;
}

async function openStore(app: App, store: DemoStore, seller: Caller, operatorId: string): Promise<void> {
  const { name, kind, profile, company, items } = store;
  await seed(app, stores.saveCompany, company, seller, name);
  const { storeId } = await seed(app, stores.createStore, { name, kind, ...profile }, seller, name);
  await seed(app, stores.submitStore, { storeId }, seller, name);
  const operator: Caller = { ...base, kind: "account", id: operatorId, roles: ["OPERATOR"] };
  await seed(app, stores.approveStore, { storeId, comment: "환영합니다" }, operator, name);
  await seed(app, stores.switchStore, { storeId, open: true }, seller, name);
  await heard(app);
  for (const { stock, ...item } of items) {
    const { itemId } = await seed(app, createItem, { storeId, ...item }, seller, `${name} ${item.name}`);
    if (stock === undefined) continue;
    await heard(app);
    const adjustment = { skuId: itemId, unlimited: false, available: stock, reason: "첫 입고" };
    await seed(app, adjustStock, adjustment, seller, `${name} ${item.name}`);
  }
}

/** Until every service has heard what was said: the next step asks another service about it. */
async function heard(app: App): Promise<void> {
  for (let tries = 0; tries < HEARD_TRIES && (await isBehind(app)); tries++) {
    await new Promise((resolve) => setTimeout(resolve, HEARD_EVERY_MS));
  }
}

/** A bus between processes needs some seconds until its groups are formed. */
const HEARD_TRIES = 4_000;
const HEARD_EVERY_MS = 5;
