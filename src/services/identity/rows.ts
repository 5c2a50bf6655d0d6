import type { Caller } from "#platform/core/operation.ts";
import { foldEmail, foldNickname } from "./domain/person.ts";

/** Keys and shapes of the rows without a history. Personal data and secrets stand in these alone, never in facts. */
export const emailClaim = (email: string) => `email:${foldEmail(email)}`;
export const nicknameClaim = (nickname: string) => `nickname:${foldNickname(nickname)}`;
export const personRow = (accountId: string) => `person:${accountId}`;
export const passwordRow = (accountId: string) => `password:${accountId}`;
export const sessionsRow = (accountId: string) => `sessions:${accountId}`;
export const invitationMailRow = (invitationId: string) => `invitation-mail:${invitationId}`;
export const FIRST_ADMIN = "first-admin";

export interface Claim {
  readonly accountId: string;
}

export interface Person {
  readonly email: string;
  readonly name: string;
  /** Digits only. */
  readonly phone?: string;
  readonly locale: Caller["locale"];
}

export interface StoredPassword {
  readonly hash: string;
}

export interface InvitationMail {
  readonly email: string;
  readonly locale: Caller["locale"];
}
