import { type NewFact, type Refusal, reject } from "#platform/core/decision.ts";
import type { Role } from "#platform/core/operation.ts";

/** What an account may do. Who the person is stands in rows of its own, so that it can be erased (A11). */
export interface Account {
  readonly accountId: string;
  readonly roles: readonly Role[];
  readonly nickname: string;
  readonly status: "ACTIVE" | "SUSPENDED";
  /** Goes up with every change of role or status; tokens carry it as `ver`. */
  readonly authority: number;
}

export type AccountRegistered = { accountId: string; roles: readonly Role[]; nickname: string };
/** Carries all roles and the nickname, because announcing sees the fact alone. */
export type RoleChanged = AccountRegistered & { role: Role; by: string; reason: string };
export type StatusChanged = { by: string; reason: string };
export type AccountFact =
  | NewFact<"AccountRegistered", AccountRegistered>
  | NewFact<"RoleGranted" | "RoleWithdrawn", RoleChanged>
  | NewFact<"AccountSuspended" | "AccountReinstated", StatusChanged>;

/** Who changes whom, and why (a code of the contract's closed list). */
export interface AccountChange {
  readonly by: string;
  readonly reason: string;
}

export function register(
  registered: AccountRegistered,
  claims: { readonly email: unknown; readonly nickname: unknown },
): NewFact<"AccountRegistered", AccountRegistered> | Refusal<"account.email_taken" | "account.nickname_taken"> {
  if (claims.email !== undefined) return reject("account.email_taken", { field: "email" });
  if (claims.nickname !== undefined) return reject("account.nickname_taken", { field: "nickname" });
  return { stream: registered.accountId, type: "AccountRegistered", data: registered };
}

/** Granting what is there already changes nothing. */
export function grantRole(account: Account | undefined, role: Role, change: AccountChange) {
  if (account === undefined) return reject("account.not_found");
  if (account.roles.includes(role)) return [];
  return [roleFact(account, "RoleGranted", { role, roles: [...account.roles, role], ...change })];
}

/** An ADMIN cannot take that role from oneself, so that an installation never loses its last one. */
export function withdrawRole(account: Account | undefined, role: Role, change: AccountChange) {
  if (account === undefined) return reject("account.not_found");
  if (!account.roles.includes(role)) return [];
  if (role === "ADMIN" && change.by === account.accountId) return reject("account.own_admin");
  const roles = account.roles.filter((held) => held !== role);
  if (roles.length === 0) return reject("account.last_role");
  return [roleFact(account, "RoleWithdrawn", { role, roles, ...change })];
}

export function setStatus(account: Account | undefined, status: Account["status"], change: AccountChange) {
  if (account === undefined) return reject("account.not_found");
  if (account.status === status) return [];
  if (status === "SUSPENDED" && change.by === account.accountId) return reject("account.own_admin");
  const type = status === "SUSPENDED" ? ("AccountSuspended" as const) : ("AccountReinstated" as const);
  return [{ stream: account.accountId, type, data: change }];
}

function roleFact(
  account: Account,
  type: "RoleGranted" | "RoleWithdrawn",
  data: { role: Role; roles: readonly Role[] } & AccountChange,
): NewFact<"RoleGranted" | "RoleWithdrawn", RoleChanged> {
  const { accountId, nickname } = account;
  return { stream: accountId, type, data: { accountId, nickname, ...data } };
}

/** The account after a fact of its own. */
export function evolveAccount(account: Account | undefined, fact: AccountFact): Account | undefined {
  if (fact.type === "AccountRegistered") return { ...fact.data, status: "ACTIVE", authority: 1 };
  if (account === undefined) return undefined;
  const authority = account.authority + 1;
  switch (fact.type) {
    case "RoleGranted":
    case "RoleWithdrawn":
      return { ...account, roles: fact.data.roles, authority };
    case "AccountSuspended":
      return { ...account, status: "SUSPENDED", authority };
    case "AccountReinstated":
      return { ...account, status: "ACTIVE", authority };
  }
}
