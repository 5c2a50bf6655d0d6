import { allServices, serviceInvariants } from "#app/services.ts";
import { goodsInvariants } from "./goods.ts";
import type { Invariant } from "./invariant.ts";
import { mechanismInvariants } from "./mechanisms.ts";
import { moneyInvariants } from "./money.ts";
import { talkInvariants } from "./talk.ts";

/** All that must hold on one server with the whole house, in the order of reading: what `verify` and the sweep run. */
export const allInvariants: readonly Invariant[] = [
  ...mechanismInvariants(allServices),
  ...serviceInvariants,
  ...moneyInvariants,
  ...goodsInvariants,
  ...talkInvariants,
];

/** All of them as one query of `{id, row}`, so that one look at the database sees one instant. */
export function asOneQuery(invariants: readonly Invariant[]): string {
  return invariants
    .map(({ id, sql }) => `select '${id}' as id, to_jsonb(offending) as row from (${sql}) offending`)
    .join("\nunion all\n");
}
