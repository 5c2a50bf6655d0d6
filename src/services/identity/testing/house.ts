import assert from "node:assert/strict";
import { logIn, signUp } from "#contracts/identity/operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import type { Caller, InputOf, Role } from "#platform/core/operation.ts";
import { instant, plus } from "#platform/core/time.ts";
import { startApp, type TestApp, type TestAppOptions } from "#platform/testing/app.ts";
import type { TurnableClock } from "#platform/testing/clock.ts";
import { nobody } from "#platform/testing/people.ts";
import { identity } from "../service.ts";

export const keySecret = "a secret of the tests, long enough for anyone";
export const password = "the yard is wide";

export function startHouse(options: Partial<TestAppOptions> & { values?: Record<string, unknown> } = {}) {
  const { values, ...rest } = options;
  return startApp({ services: [identity], settings: { identity: { keySecret, ...values } }, ...rest });
}

/** A clock that moves only when it is turned: a delay of a second is still one on a machine that is busy. */
export function stillClock(): TurnableClock {
  let now = instant(Date.UTC(2026, 10, 21));
  return {
    now: () => now,
    turn: (span) => {
      now = plus(now, span);
    },
    set: (at) => {
      now = at;
    },
  };
}

let people = 0;

/** A person nobody has been before, in every test of the file. */
export function somebody(change: Partial<InputOf<typeof signUp>> = {}): InputOf<typeof signUp> {
  const n = ++people;
  const base = { roles: ["BUYER" as const], email: `person${n}@madang.example`, nickname: `person_${n}` };
  return { ...base, password, name: "김하늘", phone: "010-1234-5678", ...change };
}

export function from(ip: string, userAgent = "test"): Caller {
  return { ...nobody, ip, userAgent };
}

export async function enter(
  app: TestApp,
  input: { email: string; password: string },
  caller: Caller = from("10.0.0.1"),
) {
  return good(await app.call(logIn, { email: input.email, password: input.password }, caller));
}

/** A person who has signed up and is logged in. */
export async function member(app: TestApp, change: Partial<InputOf<typeof signUp>> = {}) {
  const person = somebody(change);
  const account = good(await app.call(signUp, person, nobody));
  const session = await enter(app, person);
  return { ...account, person, session, caller: as(account.accountId, account.roles, session.sessionId) };
}

export function as(id: string, roles: readonly Role[], sessionId?: string): Caller {
  return { ...nobody, kind: "account", id, roles, ...(sessionId === undefined ? {} : { sessionId }) };
}

/** The answer, which was no refusal. */
export function good<Answer>(answer: Answer): Exclude<Answer, { refused: string }> {
  assert.ok(!isRefusal(answer), JSON.stringify(answer));
  return answer as Exclude<Answer, { refused: string }>;
}

export function refused(answer: unknown): string | undefined {
  return isRefusal(answer) ? answer.refused : undefined;
}
