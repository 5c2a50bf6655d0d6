import { setTimeout as pause } from "node:timers/promises";
import { closePayment } from "#contracts/payment/operations.ts";
import { reserveStock } from "#contracts/stock/operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import type { Call } from "#platform/core/operation.ts";
import type { Change, Outcome, Records, Rows, StoredFact } from "#platform/facts/change.ts";
import type { AnyService, Kit, Reaction } from "#platform/service.ts";
import { type Planted, replacing, withKit } from "./plant.ts";

/** Defects of the order and of how it hears and acts. */
export const checkoutBugs: readonly Planted[] = [
  {
    name: "the seller is answered before the commit",
    scenarios: ["food"],
    where: "commit order",
    found: /told by/,
    plant: replacing(
      "order",
      withKit((kit, service) => answeringEarly(kit, service)),
    ),
  },
  {
    name: "the consumer moves its cursor before its effect",
    scenarios: ["food"],
    where: "commit order",
    found: /I7|I19/,
    plant: replacing("order", (service) => hearingLate(service)),
  },
  {
    name: "a late approval pays the order",
    scenarios: ["dark-past-holds"],
    where: "",
    found: /I7/,
    plant: replacing("order", payingWhatIsOver),
  },
  {
    name: "expiry does not ask",
    scenarios: ["dark-past-deadline"],
    where: "",
    found: /I7/,
    plant: replacing(
      "order",
      withKit((kit) => ({ ...kit, call: assumingClosed(kit.call) })),
    ),
  },
  {
    name: "an order forgets what is held for it",
    scenarios: ["goods"],
    where: "",
    found: /I7/,
    plant: replacing(
      "order",
      withKit((kit) => ({ ...kit, call: forgettingHolds(kit.call) })),
    ),
  },
];

/** Commits behind the caller's back; the next command waits for it, so that only a crash shows the difference. */
export function answeringEarly(kit: Kit, { evolve }: AnyService, lateMs = 0): Kit {
  const { records, clock } = kit;
  let before: Promise<unknown> = Promise.resolve();
  async function change(asked: Change) {
    await before;
    if (!asked.command || asked.settles) return records.change(asked);
    const rows = await records.read(asked.keys);
    const decided = asked.decide(rows, clock.now());
    if (isRefusal(decided) || (decided.facts ?? []).some((fact) => fact.type !== "StoreOrderMoved")) {
      return records.change(asked);
    }
    const commit = () => records.change(asked).catch(() => undefined);
    before = lateMs === 0 ? commit() : pause(lateMs).then(commit);
    const after = new Map(asked.keys.map((key) => [key, rows.get<unknown>(key)]));
    for (const fact of decided.facts ?? []) {
      const stored = { ...fact, at: clock.now(), meta: { traceparent: asked.traceparent } } as StoredFact;
      after.set(fact.stream, evolve(after.get(fact.stream), stored));
    }
    const told = { get: (key: string) => after.get(key) } as Rows;
    return { rows: told, repeated: false, stream: asked.keys[0] ?? "", started: Promise.resolve() } satisfies Outcome;
  }
  const read: Records["read"] = async (keys) => {
    await before;
    return records.read(keys);
  };
  return { ...kit, records: { change: change as Records["change"], read, recall: read } };
}

/** The cursor's commit carries no effect; the effect comes a moment after it, in a commit of its own. */
export function hearingLate(service: AnyService, lateMs = 2): AnyService {
  const reactions = (service.reactions ?? []).map(
    (reaction): Reaction<unknown> => ({
      ...reaction,
      change: (event, deps) => {
        const change = reaction.change(event, deps);
        if ("ignore" in change) return change;
        const { records } = deps as { readonly records: Records };
        setTimeout(() => void records.change(change).catch(() => undefined), lateMs);
        return { keys: [], traceparent: event.traceparent, decide: () => ({}) };
      },
    }),
  );
  return { ...service, reactions };
}

function payingWhatIsOver(service: AnyService): AnyService {
  const reactions = (service.reactions ?? []).map((reaction): Reaction<unknown> => {
    if (reaction.on.type !== "payment.approved.v1") return reaction;
    return {
      ...reaction,
      change: (event, deps) => {
        const change = reaction.change(event, deps);
        if ("ignore" in change) return change;
        const decide = (rows: Rows) => {
          const [stream = ""] = change.keys;
          const { buyerId = "", payable = 0 } = rows.get<{ buyerId: string; payable: number }>(stream) ?? {};
          return { facts: [{ stream, type: "OrderPaid", data: { buyerId, payable } }] };
        };
        return { ...change, decide };
      },
    };
  });
  return { ...service, reactions };
}

function assumingClosed(call: Call): Call {
  return (operation, input, caller) =>
    operation.name === closePayment.name
      ? Promise.resolve({ outcome: "closed" } as never)
      : call(operation, input, caller);
}

function forgettingHolds(call: Call): Call {
  return async (operation, input, caller) => {
    const answer = await call(operation, input, caller);
    return operation.name === reserveStock.name && !isRefusal(answer) ? ({ isHeld: false } as never) : answer;
  };
}
