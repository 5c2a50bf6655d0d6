import type { Operation, Role } from "#platform/core/operation.ts";
import type { Input } from "./client.ts";
import { chatPolicy } from "./policy-chat.ts";
import { catalogPolicy, stockPolicy } from "./policy-goods.ts";
import { cartPolicy, orderPolicy } from "./policy-orders.ts";
import { paymentPolicy, walletPolicy } from "./policy-payments.ts";
import { identityPolicy } from "./policy-people.ts";
import { storePolicy } from "./policy-stores.ts";
import type { As } from "./tokens.ts";
import type { Town } from "./town.ts";

/**
 * Whose the object is that the input names: anybody's to see, the caller's own by their token alone, one account's
 * (others are told that it is not there), the operators', or the house's own.
 */
export type Whose = "anyone" | "caller" | "owner" | "operators" | "house";

/** A call that succeeds. */
export interface Good {
  readonly input: Input;
  readonly as?: As | undefined;
  /**
   * What to change for another body under the same key; a text or a number of the body unless told. A text says why
   * another body is no other command yet.
   */
  readonly other?: Input | string;
}

/** What the house has decided about one operation, apart from the contract that it is compared with. */
export interface Policy {
  readonly may: "anyone" | "house" | readonly Role[];
  readonly whose: Whose;
  /** Makes everything that a good call needs, anew each time; a text says why that cannot be done here. */
  readonly good: ((town: Town) => Promise<Good> | Good) | string;
}
export type Policies = Readonly<Record<string, Policy>>;

const policies: Policies = {
  ...{ ...identityPolicy, ...storePolicy, ...catalogPolicy, ...stockPolicy },
  ...{ ...cartPolicy, ...orderPolicy, ...paymentPolicy, ...walletPolicy },
  ...chatPolicy,
};

/** @throws when nobody has decided about the operation: it needs a row in one of the policy files. */
export function policyOf({ service, name }: Operation): Policy {
  const policy = policies[name];
  if (policy === undefined) throw new Error(`${service}.${name} needs a row in src/app/matrix/policy-*.ts`);
  return policy;
}

export const policyNames = Object.keys(policies);
