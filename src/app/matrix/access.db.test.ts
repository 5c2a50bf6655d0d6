import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Operation, Role } from "#platform/core/operation.ts";
import { closed } from "#platform/http/schema.ts";
import { allServices } from "../services.ts";
import { type Client, createClient, type Input } from "./client.ts";
import { type Door, openMatrixDoor } from "./door.ts";
import { policyNames, policyOf } from "./policy.ts";
import { sampleOf } from "./sample.ts";
import { type As, bearer, newKey } from "./tokens.ts";

const operations = allServices.flatMap((service) => service.operations.map(({ operation }) => operation));
const forMembers = operations.filter(({ access }) => typeof access !== "string");
const forAnyone = operations.filter(({ access }) => access === "anyone");
const forHouse = operations.filter(({ access }) => access === "service");
const ROLES: readonly Role[] = ["BUYER", "SELLER", "OPERATOR", "ADMIN"];
let door: Door;
let client: Client;
before(async () => {
  door = await openMatrixDoor();
  client = createClient(door);
});
after(() => door.close());

const ask = (operation: Operation, as?: As) => client.ask(operation, sampleOf(closed(operation.input)) as Input, as);
async function expect(operation: Operation, as: As | undefined, status: number, code: string): Promise<void> {
  const answer = await ask(operation, as);
  assert.deepEqual([answer.status, answer.code], [status, code], `${operation.name} as ${as?.name ?? "nobody"}`);
}

/** Tokens that prove nothing, by what is wrong with them. */
function badTokens(): [string, string, string][] {
  const { token } = door.mint;
  const good = token();
  const [head = "", body = "", mark = ""] = good.split(".");
  const admin = Buffer.from(JSON.stringify({ sub: door.market.app.ids.make("account"), roles: ["ADMIN"] }));
  const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString("base64url");
  return [
    ["expired", token({ livesS: -1 }), "auth.token_expired"],
    ["signed by a stranger", token({}, newKey("x").privateKey), "auth.token_invalid"],
    ["with another's body", `${head}.${admin.toString("base64url")}.${mark}`, "auth.token_invalid"],
    ["unsigned", `${none}.${body}.`, "auth.token_invalid"],
    ["for another audience", token({ aud: "elsewhere" }), "auth.token_invalid"],
    ["of another issuer", token({ iss: "elsewhere" }), "auth.token_invalid"],
    ["of another kind", token({}, undefined, "service+jwt"), "auth.token_invalid"],
    ["from the future", token({ iat: 4e9, exp: 4e9 + 60 }), "auth.token_invalid"],
    ["with a role that is none", token({ roles: ["GOD"] }), "auth.token_invalid"],
    ["with a text for roles", token({ roles: "ADMIN" as never }), "auth.token_invalid"],
    ["cut short", good.slice(0, -4), "auth.token_invalid"],
    ["no token at all", "x", "auth.token_invalid"],
  ];
}

test("every operation has a policy, and its contract says the same", () => {
  for (const operation of operations) {
    const { may } = policyOf(operation);
    const access = may === "house" ? "service" : may;
    assert.deepEqual(operation.access, access, operation.name);
    assert.equal(operation.path.startsWith("/internal/"), access === "service", operation.name);
    const keyed = operation.idempotency === "key";
    if (operation.method === "GET") assert.ok(!keyed, operation.name);
    else assert.ok(keyed || OWN_RULES.has(operation.name), `${operation.name} changes something without a key`);
  }
  assert.deepEqual(
    policyNames.filter((name) => !operations.some((operation) => operation.name === name)),
    [],
    "policies of operations that are gone",
  );
});
/**
 * Those that MECHANISMS.md §10 lets go without a key, the quote, which changes nothing, and those of the chat that only
 * go forward, do not last or must not be told twice.
 */
const OWN_RULES = new Set([
  ...["logIn", "refreshSession", "logOut", "logOutEverywhere", "receiveTossWebhook", "quoteOrder"],
  ...["markRead", "showTyping", "issueChatTicket"],
]);

test("without a token, or with one that proves nothing, nobody gets past the door", async () => {
  const bad = badTokens();
  for (const operation of forMembers) {
    await expect(operation, undefined, 401, "auth.required");
    for (const [name, token, code] of bad) await expect(operation, bearer(name, token), 401, code);
    const basic = { name: "basic", headers: () => ({ authorization: "Basic YWRtaW46YWRtaW4=" }) };
    await expect(operation, basic, 401, "auth.token_invalid");
  }
});

test("a session that has ended opens nothing any more", async () => {
  const sid = door.market.app.ids.make("session");
  door.revoked.add(sid);
  const as = bearer("who left", door.mint.token({ sid, roles: ROLES }));
  for (const operation of forMembers) await expect(operation, as, 401, "auth.token_revoked");
});

test("each role that an operation does not name is refused, all of them together too", async () => {
  for (const operation of forMembers) {
    const others = ROLES.filter((role) => !operation.access.includes(role as never));
    for (const role of others) await expect(operation, door.mint.as(role), 403, "auth.forbidden");
    await expect(operation, door.mint.as(), 403, "auth.forbidden");
    if (others.length > 1) await expect(operation, door.mint.as(...others), 403, "auth.forbidden");
  }
});

test("headers that only name somebody open nothing", async () => {
  const { accountId } = { accountId: door.market.app.ids.make("account") };
  const names = ["x-account-id", "x-user-id", "x-roles", "x-madang-account", "x-forwarded-user", "x-original-url"];
  const headers = Object.fromEntries(names.map((name) => [name, name === "x-roles" ? "ADMIN" : accountId]));
  for (const operation of forMembers) {
    await expect(operation, { name: "named", headers: () => headers }, 401, "auth.required");
  }
});

test("operations of the house are no addresses for anybody who is not of the house", async () => {
  const everybody = door.mint.as(...ROLES);
  const forged = { name: "forged", headers: () => ({ "x-madang-service-token": door.mint.token() }) };
  const list = { name: "empty", headers: () => ({ "x-madang-service-token": "" }) };
  for (const operation of forHouse) {
    for (const as of [undefined, everybody, forged, list]) await expect(operation, as, 404, "route.not_found");
    const wrong = door.house(operation.service === "wallet" ? "stock" : "wallet");
    await expect(operation, wrong, 404, "route.not_found");
    const { status } = await ask(operation, door.house());
    assert.notEqual(status, 401, operation.name);
    assert.notEqual(status, 403, operation.name);
  }
});

test("what is open to anyone stays open to whoever has an old token", async () => {
  for (const operation of forAnyone) {
    const as = bearer("expired", door.mint.token({ livesS: -1 }));
    const { code } = await ask(operation, as);
    assert.ok(!code?.startsWith("auth."), `${operation.name}: ${code}`);
  }
});

test("a method that nothing takes is answered with those that are, and an internal address says nothing", async () => {
  const urlOf = (operation: Operation) => operation.path.replaceAll(/:[A-Za-z]+/g, "x");
  const taken = new Set(operations.map((operation) => `${operation.method} ${urlOf(operation)}`));
  for (const operation of operations) {
    const url = urlOf(operation);
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"] as const) {
      if (taken.has(`${method} ${url}`)) continue;
      const { statusCode, headers } = await door.server.inject({ method, url });
      // `/orders/quote` is an order's address too, as far as its form goes.
      const isAnother = [400, 401].includes(statusCode);
      if (!isAnother) assert.equal(statusCode, operation.access === "service" ? 404 : 405, `${method} ${url}`);
      if (statusCode === 405) assert.ok(String(headers.allow).includes(operation.method), `${method} ${url}`);
    }
  }
});
