import * as payments from "#contracts/payment/buyer-operations.ts";
import * as house from "#contracts/payment/operations.ts";
import { decideAttempt } from "#contracts/payment/operator-operations.ts";
import { postRefundIntent } from "#contracts/wallet/operations.ts";
import type { Operation } from "#platform/core/operation.ts";
import type { Input } from "./client.ts";
import { type Case, refuses } from "./reach-case.ts";
import { authorize, type Order, place, placePaid, type Town } from "./town.ts";

const NOBODYS = `att_${"7".repeat(26)}`;
type Code = (typeof payments.confirmPayment.problems)[number];

/** Makes Toss behave so from now on, for one attempt: by the gateway's own name of it. */
function toss({ door }: Town, kind: string, orderId: string, operation = "*"): void {
  const fault = door.gateways.toss.faults.order({ operation, kind, orderId, times: "forever" });
  if ("wrong" in fault) throw new Error(fault.wrong);
}

/** A payment whose confirm nobody answered, and nobody answers questions about it either. */
async function unknown(town: Town) {
  const confirm = await authorize(town, await place(town));
  toss(town, "fail-before", confirm.attemptId);
  const { status } = await town.done(payments.confirmPayment, confirm, town.buyer);
  if (status !== "UNKNOWN") throw new Error(`the gateway answered: ${status}`);
  return confirm;
}

/** Toss and KakaoPay opened for one payment: the second is not confirmed yet. */
async function twoWindows(town: Town) {
  const order = await place(town);
  const first = await authorize(town, order);
  const { paymentId } = order;
  const second = await town.done(payments.startAttempt, { paymentId, gateway: "kakaopay" }, town.buyer);
  return { first, second };
}
const ofOrder = (town: Town, { orderId }: Order) => ({
  orderId,
  refundId: town.id("refund"),
  amount: 999_999,
  reason: "시험",
});
const lines = (town: Town) => [
  {
    ...{ orderLineId: town.id("orderLine"), storeOrderId: town.id("storeOrder") },
    ...{ sellerId: town.seller.accountId, amount: 999_999 },
  },
];

/** Why a confirm is refused, by the buyer's app and by the gateway's way back alike. */
const confirms: readonly (readonly [Code, (town: Town) => Promise<Input>])[] = [
  [
    "payment.attempt_not_found",
    async (town) => ({ ...(await authorize(town, await place(town))), attemptId: NOBODYS }),
  ],
  ["payment.amount_mismatch", async (town) => ({ ...(await authorize(town, await place(town))), amount: 1 })],
  [
    "payment.token_missing",
    async (town) => {
      const { paymentKey: _, ...rest } = await authorize(town, await place(town));
      return rest;
    },
  ],
  [
    "payment.declined",
    async (town) => {
      const confirm = await authorize(town, await place(town));
      toss(town, "decline:REJECT_CARD_PAYMENT", confirm.attemptId, "confirm");
      return confirm;
    },
  ],
  [
    "payment.not_open",
    async (town) => {
      const { first, second } = await twoWindows(town);
      await town.done(payments.confirmPayment, first, town.buyer);
      return { ...first, attemptId: second.attemptId };
    },
  ],
  [
    "payment.in_progress",
    async (town) => {
      const { first, second } = await twoWindows(town);
      toss(town, "fail-before", first.attemptId);
      await town.done(payments.confirmPayment, first, town.buyer);
      return { ...first, attemptId: second.attemptId, paymentKey: "x" };
    },
  ],
  [
    "payment.expired",
    async (town) => {
      const order = await place(town);
      const confirm = await authorize(town, order);
      await town.done(house.closePayment, { orderId: order.orderId, force: true }, town.door.house());
      return confirm;
    },
  ],
  [
    "payment.not_found",
    async (town) => ({ ...(await authorize(town, await place(town))), paymentId: `pay_${"7".repeat(26)}` }),
  ],
];

export const reachPayments: readonly Case[] = [
  refuses(house.refundPayment, "payment.not_found", async (town) => ({
    input: { ...ofOrder(town, await place(town)), lines: lines(town) },
    as: town.door.house(),
  })),
  refuses(house.refundPayment, "payment.refund_exceeds", async (town) => ({
    input: { ...ofOrder(town, await placePaid(town)), lines: lines(town) },
    as: town.door.house(),
  })),
  refuses(postRefundIntent, "wallet.capture_not_posted", async (town) => ({
    input: { ...ofOrder(town, await place(town)), gateway: "toss", lines: lines(town) },
    as: town.door.house(),
  })),
  refuses(postRefundIntent, "wallet.refund_exceeds", async (town) => ({
    input: { ...ofOrder(town, await placePaid(town)), gateway: "toss", lines: lines(town) },
    as: town.door.house(),
  })),
  refuses(payments.startAttempt, "payment.not_open", async (town) => ({
    input: { paymentId: (await placePaid(town)).paymentId, gateway: "toss" },
    as: town.buyer,
  })),
  refuses(payments.startAttempt, "payment.expired", async (town) => {
    const { orderId, paymentId } = await place(town);
    await town.done(house.closePayment, { orderId, force: true }, town.door.house());
    return { input: { paymentId, gateway: "toss" }, as: town.buyer };
  }),
  refuses(payments.startAttempt, "payment.in_progress", async (town) => {
    const { paymentId } = await unknown(town);
    return { input: { paymentId, gateway: "toss" }, as: town.buyer };
  }),
  refuses(payments.startAttempt, "payment.gateway_unavailable", async (town) => {
    const { paymentId } = await place(town);
    town.door.gateways.kakaopay.faults.order({ kind: "fail-before", operation: "ready", times: 2 });
    return { input: { paymentId, gateway: "kakaopay" }, as: town.buyer };
  }),
  ...confirms.flatMap(([code, make]) =>
    [payments.confirmPayment, payments.returnFromGateway].map((operation: Operation) =>
      refuses(operation, code, async (town) => ({ input: await make(town), as: town.buyer })),
    ),
  ),
  refuses(decideAttempt, "payment.attempt_not_found", async (town) => ({
    input: judged({ ...(await placePaid(town)), attemptId: NOBODYS }),
    as: town.operator,
  })),
  refuses(decideAttempt, "payment.not_found", ({ operator }) => ({
    input: judged({ paymentId: NOBODYS.replace("att", "pay"), attemptId: NOBODYS }),
    as: operator,
  })),
  refuses(decideAttempt, "payment.attempt_decided", async (town) => {
    const confirm = await authorize(town, await place(town));
    await town.done(payments.confirmPayment, confirm, town.buyer);
    return { input: judged(confirm), as: town.operator };
  }),
  refuses(decideAttempt, "payment.same_operator", async (town) => {
    const input = judged(await unknown(town));
    await town.done(decideAttempt, input, town.operator);
    return { input, as: town.operator };
  }),
];
/** payment's setting in the town of these cases; more than the other cases make in a row. */
export const BREAKER_FAILURES = 15;

/** What a confirm says, by either way, once the gateway is known to be ill. The last thing that a town can be asked. */
export async function confirmAtIllGateway(town: Town): Promise<(string | undefined)[]> {
  const ready = [await authorize(town, await place(town)), await authorize(town, await place(town))];
  // Each attempt is known to the gateway before it falls ill, for nothing is begun at one that is.
  const waiting = [];
  for (let tries = 0; tries < BREAKER_FAILURES; tries++) waiting.push(await authorize(town, await place(town)));
  for (const confirm of waiting) {
    toss(town, "fail-before", confirm.attemptId);
    await town.ask(payments.confirmPayment, confirm, town.buyer);
  }
  const confirms = [payments.confirmPayment, payments.returnFromGateway];
  const answers = confirms.map((operation, at) => town.ask(operation, ready[at] ?? {}, town.buyer));
  return (await Promise.all(answers)).map(({ code }) => code);
}

function judged({ paymentId, attemptId }: { paymentId: string; attemptId: string }) {
  return { paymentId, attemptId, outcome: "DECLINED", note: "결제대행사 화면에서 확인했습니다" };
}
