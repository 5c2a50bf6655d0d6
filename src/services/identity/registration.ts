import { assert } from "#platform/core/assert.ts";
import { isRefusal, type Refusal, reject } from "#platform/core/decision.ts";
import type { Caller, Role } from "#platform/core/operation.ts";
import type { Accepted, Outcome, Rows } from "#platform/facts/change.ts";
import { hashPassword } from "./crypto/argon2.ts";
import type { Deps } from "./deps.ts";
import { type Account, register } from "./domain/account.ts";
import { isTooCommon } from "./domain/common-passwords.ts";
import { phoneDigits } from "./domain/person.ts";
import { emailClaim, nicknameClaim, type Person, passwordRow, personRow } from "./rows.ts";

export interface NewPerson {
  readonly email: string;
  readonly password: string;
  readonly nickname: string;
  readonly name: string;
  readonly phone?: string | undefined;
}

/** A registration with its password hashed, ready to be decided as often as need be. */
export interface Registration {
  readonly accountId: string;
  readonly keys: readonly string[];
  readonly decide: (
    rows: Rows,
    roles: readonly Role[],
  ) => Required<Pick<Accepted, "facts" | "rows">> | Refusal<"account.email_taken" | "account.nickname_taken">;
}

/** Hashes the password in turn. @throws Busy when too many hashes are waiting. */
export async function prepareRegistration(
  input: NewPerson,
  locale: Caller["locale"],
  deps: Pick<Deps, "ids" | "random" | "turns">,
): Promise<Registration | Refusal<"account.password_too_common">> {
  if (isTooCommon(input.password, input)) return reject("account.password_too_common", { field: "password" });
  const hash = await deps.turns(() => hashPassword(input.password, deps.random));
  const accountId = deps.ids.make("account");
  const email = emailClaim(input.email);
  const nickname = nicknameClaim(input.nickname);
  const personKey = personRow(accountId);
  const passwordKey = passwordRow(accountId);
  const person: Person = {
    ...{ email: input.email, name: input.name, locale },
    ...(input.phone === undefined ? {} : { phone: phoneDigits(input.phone) }),
  };
  return {
    accountId,
    keys: [email, nickname, personKey, passwordKey],
    decide(rows, roles) {
      const claims = { email: rows.get(email), nickname: rows.get(nickname) };
      const fact = register({ accountId, roles, nickname: input.nickname }, claims);
      if (isRefusal(fact)) return fact;
      const claim = { accountId };
      return {
        facts: [fact],
        rows: { [email]: claim, [nickname]: claim, [personKey]: person, [passwordKey]: { hash } },
      };
    },
  };
}

/** What an account shows of itself: of a repeated command, the account of the first time. */
export function accountView(outcome: Outcome, accountId = outcome.stream) {
  const account = outcome.rows.get<Account>(accountId);
  assert(account, "an account that was registered has a row");
  return { accountId: account.accountId, roles: [...account.roles], nickname: account.nickname };
}
