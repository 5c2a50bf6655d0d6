import { createFirstAdmin, rotateSigningKey } from "#contracts/identity/keys.ts";
import * as people from "#contracts/identity/operations.ts";
import { enter, invite, newcomer, password, register } from "./people.ts";
import { type Case, refuses } from "./reach-case.ts";
import { bearer } from "./tokens.ts";
import type { Town } from "./town.ts";

const member = (town: Town, ...roles: string[]) => register(town, roles);
const nicknameOf = async ({ done }: Town, change: { nickname: string }) => {
  await done(people.signUp, { ...newcomer(), ...change });
  return change.nickname;
};
const accept = async (town: Town, change: object = {}) => {
  const { email, roles: _, ...person } = newcomer();
  const token = await invite(town, town.door, town.admin, email);
  return { email, input: { ...person, token, ...change } };
};
const common = "password123";

export const reachPeople: readonly Case[] = [
  refuses(people.signUp, "account.email_taken", ({ buyer }) => ({ input: { ...newcomer(), email: buyer.email } })),
  refuses(people.signUp, "account.nickname_taken", async (town) => ({
    input: { ...newcomer(), nickname: await nicknameOf(town, { nickname: "별하늘" }) },
  })),
  refuses(people.signUp, "account.password_too_common", () => ({ input: { ...newcomer(), password: common } })),
  refuses(createFirstAdmin, "account.admin_exists", ({ door }) => {
    const { roles: _, phone: __, ...person } = newcomer();
    return { input: person, as: door.house() };
  }),
  refuses(createFirstAdmin, "account.password_too_common", ({ door }) => {
    const { roles: _, phone: __, ...person } = newcomer();
    return { input: { ...person, password: common }, as: door.house() };
  }),
  refuses(people.inviteOperator, "account.email_taken", ({ admin, buyer }) => ({
    input: { email: buyer.email, role: "OPERATOR" },
    as: admin,
  })),
  refuses(people.acceptInvitation, "invitation.invalid", async (town) => {
    const { input } = await accept(town);
    await town.done(people.acceptInvitation, input);
    return { input: { ...input, nickname: "다른별명" } };
  }),
  refuses(people.acceptInvitation, "account.email_taken", async (town) => {
    const { email, input } = await accept(town);
    await town.done(people.signUp, { ...newcomer(), email });
    return { input };
  }),
  refuses(people.acceptInvitation, "account.nickname_taken", async (town) => {
    const nickname = await nicknameOf(town, { nickname: "달하늘" });
    return { input: (await accept(town, { nickname })).input };
  }),
  refuses(people.acceptInvitation, "account.password_too_common", async (town) => ({
    input: (await accept(town, { password: common })).input,
  })),
  refuses(people.logIn, "session.wrong_credentials", ({ buyer }) => ({
    input: { email: buyer.email, password: `${password}!` },
  })),
  refuses(people.logIn, "account.suspended", async (town) => {
    const { accountId, email } = await member(town, "BUYER");
    const change = { accountId, status: "SUSPENDED", reason: "FRAUD" };
    await town.done(people.setAccountStatus, change, town.admin);
    return { input: { email, password } };
  }),
  refuses(people.logIn, "session.too_many_guesses", async (town) => {
    const input = { email: "nobody@madang.example", password };
    for (let tries = 0; tries < FREE_GUESSES; tries++) await town.ask(people.logIn, input);
    return { input };
  }),
  refuses(people.refreshSession, "session.refresh_invalid", () => ({ input: { refreshToken: "x".repeat(40) } })),
  refuses(people.refreshSession, "session.refresh_reused", async (town) => {
    const { refreshToken } = await enter(town, town.door, "buyer again", town.buyer.email);
    const next = await town.done(people.refreshSession, { refreshToken });
    await town.done(people.refreshSession, { refreshToken: next.refreshToken });
    town.door.market.clock.turn({ seconds: 11 });
    return { input: { refreshToken } };
  }),
  refuses(people.getMe, "account.not_found", ({ door }) => ({
    input: {},
    as: bearer("nobody who is", door.mint.token()),
  })),
  refuses(people.withdrawRole, "account.own_admin", ({ admin }) => ({
    input: { accountId: admin.accountId, role: "ADMIN", reason: "LEFT" },
    as: admin,
  })),
  refuses(people.withdrawRole, "account.last_role", async (town) => {
    const { accountId } = await member(town, "BUYER");
    return { input: { accountId, role: "BUYER", reason: "LEFT" }, as: town.admin };
  }),
  refuses(people.setAccountStatus, "account.own_admin", ({ admin }) => ({
    input: { accountId: admin.accountId, status: "SUSPENDED", reason: "LEFT" },
    as: admin,
  })),
  refuses(rotateSigningKey, "signing_key.rotation_under_way", async ({ ask, admin }) => {
    await ask(rotateSigningKey, {}, admin);
    return { input: {}, as: admin };
  }),
];
/** identity's setting in the town of these cases: guessing costs time. */
export const FREE_GUESSES = 3;
