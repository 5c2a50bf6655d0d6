import { enter, invite, join, newcomer, password, register } from "./people.ts";
import type { Policies } from "./policy.ts";
import type { Town } from "./town.ts";

const ADMIN = { may: ["ADMIN"], whose: "operators" } as const;
const ANYONE = { may: "anyone", whose: "anyone" } as const;
const HOUSE = { may: "house", whose: "house" } as const;
const MEMBER = { may: ["BUYER", "SELLER", "OPERATOR", "ADMIN"], whose: "caller" } as const;
const somebody = (town: Town, ...roles: string[]) => join(town, town.door, "somebody", roles);

export const identityPolicy: Policies = {
  signUp: { ...ANYONE, good: () => ({ input: newcomer(), other: { name: "이바다" } }) },
  createFirstAdmin: { ...HOUSE, good: "it works once, when the town is opened" },
  inviteOperator: {
    ...ADMIN,
    good: ({ admin }) => ({
      input: { email: newcomer().email, role: "OPERATOR" },
      as: admin,
      other: { role: "ADMIN" },
    }),
  },
  acceptInvitation: {
    ...ANYONE,
    good: async (town) => {
      const { email, roles: _, ...person } = newcomer();
      return {
        input: { ...person, token: await invite(town, town.door, town.admin, email) },
        other: { name: "이바다" },
      };
    },
  },
  logIn: { ...ANYONE, good: ({ buyer }) => ({ input: { email: buyer.email, password } }) },
  refreshSession: {
    ...ANYONE,
    good: async (town) => {
      const { refreshToken } = await enter(town, town.door, "buyer again", town.buyer.email);
      return { input: { refreshToken } };
    },
  },
  logOut: { ...MEMBER, good: async (town) => ({ input: {}, as: await somebody(town, "BUYER") }) },
  logOutEverywhere: { ...MEMBER, good: async (town) => ({ input: {}, as: await somebody(town, "BUYER") }) },
  getMe: { ...MEMBER, good: ({ buyer }) => ({ input: {}, as: buyer }) },
  grantRole: {
    ...ADMIN,
    good: async (town) => {
      const { accountId } = await register(town, ["BUYER"]);
      return { input: { accountId, role: "SELLER", reason: "REQUESTED" }, as: town.admin, other: { reason: "HIRED" } };
    },
  },
  withdrawRole: {
    ...ADMIN,
    good: async (town) => {
      const { accountId } = await register(town, ["BUYER", "SELLER"]);
      return { input: { accountId, role: "SELLER", reason: "REQUESTED" }, as: town.admin, other: { reason: "ABUSE" } };
    },
  },
  setAccountStatus: {
    ...ADMIN,
    good: async (town) => {
      const { accountId } = await register(town, ["BUYER"]);
      return { input: { accountId, status: "SUSPENDED", reason: "FRAUD" }, as: town.admin, other: { reason: "ABUSE" } };
    },
  },
  getJwks: { ...ANYONE, good: () => ({ input: {} }) },
  listVerificationKeys: { ...HOUSE, good: ({ door }) => ({ input: {}, as: door.house() }) },
  listRevokedSessions: { ...HOUSE, good: ({ door }) => ({ input: {}, as: door.house() }) },
  rotateSigningKey: { ...ADMIN, good: ({ admin }) => ({ input: {}, as: admin }) },
};
