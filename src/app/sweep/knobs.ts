import * as orders from "#contracts/order/operations.ts";
import { decideAttempt, listUnresolvedAttempts } from "#contracts/payment/operator-operations.ts";
import {
  type FaultKind,
  faultsAfterEffect,
  faultsBeforeEffect,
  faultsOfAnswer,
  faultsOfTime,
  faultsOfWebhook,
} from "#fakes/shared/faults.ts";
import { isRefusal } from "#platform/core/decision.ts";
import { operator } from "#platform/testing/people.ts";
import type { Scenario } from "./scenarios.ts";
import { BUYER, goodsBasket, type Stage } from "./stage.ts";

type GatewayName = "toss" | "kakaopay";

/** What each gateway can be told to do wrong at each of its operations, as a play of paying and giving back a part. */
interface Knob {
  readonly gateway: GatewayName;
  readonly operation: string;
  readonly kind: FaultKind;
  readonly times: number | "forever";
}

const anywhere = [...faultsBeforeEffect, ...faultsOfTime, ...faultsAfterEffect, ...faultsOfAnswer];
/** Longer than a gateway is waited for. */
const SLOW_MS = 600;

const UNHEARD_OF = "decline:UNHEARD_OF";

/**
 * What only people can end: a no in words that nobody has listed is not believed, and Toss repeats it for its key
 * as long as it is asked (R6); and a tid that is another payment's is a mismatch at every question (R9).
 */
const FOR_PEOPLE = new Set([`cancel ${UNHEARD_OF}`, "ready other-payments-answer"]);

const declines: readonly Knob[] = [
  { gateway: "toss", operation: "confirm", kind: "decline:REJECT_CARD_COMPANY", times: 1 },
  { gateway: "toss", operation: "confirm", kind: "decline:NOT_FOUND_PAYMENT_SESSION", times: 1 },
  { gateway: "toss", operation: "confirm", kind: "decline:FAILED_INTERNAL_SYSTEM_PROCESSING", times: 1 },
  { gateway: "toss", operation: "confirm", kind: UNHEARD_OF, times: 1 },
  { gateway: "toss", operation: "cancel", kind: "decline:FORBIDDEN_CONSECUTIVE_REQUEST", times: 1 },
  { gateway: "toss", operation: "cancel", kind: "decline:NOT_CANCELABLE_PAYMENT", times: 1 },
  { gateway: "toss", operation: "cancel", kind: UNHEARD_OF, times: 1 },
  { gateway: "kakaopay", operation: "approve", kind: "decline:-780", times: 1 },
  { gateway: "kakaopay", operation: "cancel", kind: "decline:-780", times: 1 },
];

const knobs: readonly Knob[] = [
  ...each("toss", ["confirm", "get", "cancel"], [...anywhere, ...faultsOfWebhook]),
  ...each("kakaopay", ["ready", "approve", "order", "cancel"], anywhere),
  ...declines,
];

function each(gateway: GatewayName, operations: readonly string[], kinds: readonly FaultKind[]): Knob[] {
  return operations.flatMap((operation) =>
    kinds.map((kind) => ({ gateway, operation, kind, times: kind.startsWith("dark") ? "forever" : 1 })),
  );
}

/** One play for each knob: both sellers' goods are paid, one part goes back, the gateway recovers, all becomes calm. */
export const knobScenarios: readonly Scenario[] = knobs.map((knob) => ({
  name: `${knob.gateway} ${knob.operation} ${knob.kind}`,
  isMain: false,
  prepare: (stage) => turn(stage, knob),
  heal: async (stage) => {
    stage.rig.gateways[knob.gateway].faults.clear();
    if (FOR_PEOPLE.has(`${knob.operation} ${knob.kind}`)) await decideByHand(stage);
  },
  play: async (stage) => {
    const placed = await stage.place(goodsBasket(stage.town));
    if (!placed) return;
    const paid = await stage.pay(placed, knob.gateway);
    const part = stage.partOf(paid, stage.town.pottery);
    await stage.client.ask(orders.cancelOrder, { ...part, reason: "하나만 취소할게요" }, BUYER);
    await stage.waitFor(placed.orderId, ({ storeOrders }) => storeOrders.some(({ status }) => status === "CANCELLED"));
  },
}));

/** Queries happen only when something was lost; so for a knob of theirs something is. */
function turn({ rig }: Stage, { gateway, operation, kind, times }: Knob): void {
  const { faults } = rig.gateways[gateway];
  const ordered = faults.order({ operation, kind, times, ...(isSlow(kind) ? { ms: SLOW_MS } : {}) });
  if ("wrong" in ordered) throw new Error(ordered.wrong);
  const queries = gateway === "toss" ? "get" : "order";
  if (operation !== queries) return;
  for (const lost of [gateway === "toss" ? "confirm" : "approve", "cancel"]) {
    faults.order({ operation: lost, kind: "effect-then-drop" });
  }
}

/** Two operators look and say the same (R11). */
async function decideByHand({ client }: Stage): Promise<void> {
  const [first, second] = [operator("acc_01jd7x00000000000000000per"), operator("acc_01jd7x00000000000000000pes")];
  const queue = await client.ask(listUnresolvedAttempts, {}, first);
  if (isRefusal(queue)) throw new Error("operators see no queue");
  for (const { paymentId, attemptId } of queue.attempts) {
    const decision = {
      paymentId,
      attemptId,
      outcome: "DECLINED" as const,
      note: "대행사 화면에서 취소되지 않음을 확인",
    };
    for (const who of [first, second]) await client.ask(decideAttempt, decision, who);
  }
}

function isSlow(kind: FaultKind): boolean {
  return kind === "slow" || kind === "slow-answer" || kind.includes("hang") || kind === "webhook-delayed";
}
