import * as keys from "#contracts/identity/keys.ts";
import { acceptInvitation, inviteOperator, logIn, signUp } from "#contracts/identity/operations.ts";
import type { Operation } from "#platform/core/operation.ts";
import type { Client } from "./client.ts";
import type { Door } from "./door.ts";
import type { As } from "./tokens.ts";

export interface Person extends As {
  readonly accountId: string;
  readonly sessionId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly email: string;
}

export const password = "canary-word-of-nobody";
export const phone = "010-7777-1234";
let people = 0;

export function newcomer(roles: readonly string[] = ["BUYER"]) {
  const n = ++people;
  const email = `canary.person${n}@madang.example`;
  return { roles, email, password, nickname: `person_${n}`, name: "김하늘", phone };
}

export async function enter({ done }: Client, { secrets }: Door, name: string, email: string): Promise<Person> {
  const { accountId, sessionId, accessToken, refreshToken } = await done(logIn, { email, password });
  for (const secret of [password, phone, email, accessToken, refreshToken]) secrets.add(secret);
  const headers = (_: Operation) => ({ authorization: `Bearer ${accessToken}` });
  return { name, headers, accountId, sessionId, accessToken, refreshToken, email };
}

/** Signs up, no more: hashing a password costs its time. */
export async function register({ done }: Client, roles: readonly string[]) {
  const person = newcomer(roles);
  const { accountId } = await done(signUp, person);
  return { accountId, email: person.email };
}

/** Signs up and logs in. */
export async function join(client: Client, door: Door, name: string, roles: readonly string[]): Promise<Person> {
  const person = newcomer(roles);
  await client.done(signUp, person);
  return enter(client, door, name, person.email);
}

/** The first administrator, and an operator who was invited by letter. */
export async function hire(client: Client, door: Door) {
  const { roles: _, phone: __, ...first } = newcomer();
  await client.done(keys.createFirstAdmin, first, door.house());
  const admin = await enter(client, door, "admin", first.email);
  const { email, roles: _roles, ...person } = newcomer();
  const token = await invite(client, door, admin, email);
  await client.done(acceptInvitation, { ...person, token });
  return { admin, operator: await enter(client, door, "operator", email) };
}

/** @returns the code of the letter. */
export async function invite(client: Client, { market }: Door, admin: As, email: string): Promise<string> {
  await client.done(inviteOperator, { email, role: "OPERATOR" }, admin);
  await market.settle();
  const letter = market.letters.findLast(({ to }) => to === email);
  return /초대 코드: (\S+)/.exec(letter?.text ?? "")?.[1] ?? "";
}
