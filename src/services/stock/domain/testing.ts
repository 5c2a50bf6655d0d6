import type { NewFact } from "#platform/core/decision.ts";
import { isRefusal } from "#platform/core/decision.ts";
import type { Instant } from "#platform/core/time.ts";
import { evolve } from "./evolve.ts";
import type { Reservation } from "./reservation.ts";
import type { Sku } from "./sku.ts";

export const noon = "2026-11-21T03:00:00.000Z" as Instant;
export const later = "2026-11-21T03:25:00.000Z" as Instant;
export const muchLater = "2026-11-21T04:00:00.000Z" as Instant;

/** Rows in memory, changed by facts as the batcher does it; the facts are kept, so that they can be replayed. */
export function shelf() {
  const rows = new Map<string, { version: number; state: Reservation | Sku }>();
  const facts: (NewFact & { version: number })[] = [];
  const take = <Refused>(decided: readonly NewFact[] | Refused): Refused | "nothing" | "changed" => {
    if (isRefusal(decided)) return decided as Refused;
    const accepted = decided as readonly NewFact[];
    for (const fact of accepted) {
      const before = rows.get(fact.stream);
      const version = (before?.version ?? 0) + 1;
      facts.push({ ...fact, version });
      rows.set(fact.stream, { version, state: evolve(before?.state, { ...fact, version }) });
    }
    return accepted.length === 0 ? "nothing" : "changed";
  };
  return {
    facts,
    take,
    sku: (skuId: string) => rows.get(skuId)?.state as Sku | undefined,
    reservation: (key: string) => rows.get(key)?.state as Reservation | undefined,
    rows: () => new Map([...rows].map(([key, row]) => [key, row.state])),
  };
}

export function replay(facts: readonly (NewFact & { version: number })[]): Map<string, Reservation | Sku> {
  const rows = new Map<string, Reservation | Sku>();
  for (const fact of facts) rows.set(fact.stream, evolve(rows.get(fact.stream), fact));
  return rows;
}
