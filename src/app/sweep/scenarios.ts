import type { Stall } from "#app/testing/market.ts";
import * as orders from "#contracts/order/operations.ts";
import * as sellers from "#contracts/order/seller-operations.ts";
import { startAttempt } from "#contracts/payment/buyer-operations.ts";
import { receiveTossWebhook } from "#contracts/payment/operator-operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import { siblingId } from "#platform/core/ids.ts";
import { nobody } from "#platform/testing/people.ts";
import { BUYER, foodBasket, goodsBasket, type OrderRow, type Stage } from "./stage.ts";
import { PRICES } from "./town.ts";

/** One play of a buyer and sellers, from the placing of an order to wherever it ends. */
export interface Scenario {
  readonly name: string;
  /** Every point of it is swept; of the others only boundaries that no such scenario crosses. */
  readonly isMain: boolean;
  /** How the parts end when nothing goes wrong, and also when anything does that is over before a deadline. */
  readonly ends?: readonly string[];
  /** Faults of the gateways that belong to the play. */
  readonly prepare?: (stage: Stage) => void;
  /** The gateways are well again: before all becomes calm. */
  readonly heal?: (stage: Stage) => void | Promise<void>;
  readonly play: (stage: Stage) => Promise<void>;
}

const mains: readonly Scenario[] = [
  {
    name: "food",
    isMain: true,
    ends: ["COMPLETED"],
    play: async (stage) => {
      const placed = await stage.place(foodBasket(stage.town));
      if (placed) await cookAndHandOver(stage, await stage.pay(placed, "toss"));
    },
  },
  {
    name: "goods",
    isMain: true,
    ends: ["COMPLETED", "COMPLETED"],
    play: async (stage) => {
      const placed = await stage.place(goodsBasket(stage.town));
      if (!placed) return;
      const paid = await stage.pay(placed, "toss");
      await sendParcel(stage, paid, stage.town.pottery);
      await stage.client.ask(orders.confirmPurchase, stage.partOf(paid, stage.town.pottery), BUYER);
      // The other parcel completes by itself when its time has come.
      await sendParcel(stage, paid, stage.town.weaver);
    },
  },
  {
    name: "kakaopay",
    isMain: true,
    ends: ["COMPLETED"],
    play: async (stage) => {
      const placed = await stage.place(foodBasket(stage.town));
      if (placed) await cookAndHandOver(stage, await stage.pay(placed, "kakaopay"));
    },
  },
  {
    name: "cancel",
    isMain: true,
    ends: ["CANCELLED"],
    play: async (stage) => {
      const placed = await stage.place(foodBasket(stage.town));
      if (!placed) return;
      const { orderId } = await stage.pay(placed, "toss");
      await stage.client.ask(orders.cancelOrder, { orderId, reason: "마음이 바뀌었어요" }, BUYER);
    },
  },
  {
    name: "cancel-part",
    isMain: true,
    ends: ["CANCELLED", "ACCEPTED"],
    play: async (stage) => {
      const placed = await stage.place(goodsBasket(stage.town));
      if (!placed) return;
      const paid = await stage.pay(placed, "kakaopay");
      const part = stage.partOf(paid, stage.town.pottery);
      await stage.client.ask(orders.cancelOrder, { ...part, reason: "하나만 취소할게요" }, BUYER);
    },
  },
  {
    name: "unpaid",
    isMain: true,
    ends: ["CANCELLED"],
    play: async (stage) => {
      await stage.place(foodBasket(stage.town));
    },
  },
  {
    name: "cancel-unpaid",
    isMain: true,
    ends: ["CANCELLED", "CANCELLED"],
    play: async (stage) => {
      const placed = await stage.place(goodsBasket(stage.town));
      if (!placed) return;
      const { orderId } = placed;
      await stage.client.ask(orders.cancelOrder, { orderId, reason: "안 살래요" }, BUYER);
    },
  },
];

const sides: readonly Scenario[] = [
  {
    name: "answer-lost",
    isMain: false,
    ends: ["CANCELLED", "REJECTED"],
    prepare: ({ rig }) => {
      for (const operation of ["confirm", "cancel"])
        rig.gateways.toss.faults.order({ operation, kind: "effect-then-drop" });
      for (const kind of ["dark", "dark"]) rig.gateways.toss.faults.order({ operation: "get", kind });
    },
    play: async (stage) => {
      const placed = await stage.place(goodsBasket(stage.town));
      if (!placed) return;
      const paid = await stage.pay(placed, "toss");
      const [first, second] = [stage.partOf(paid, stage.town.pottery), stage.partOf(paid, stage.town.weaver)];
      await stage.client.ask(orders.cancelOrder, { ...first, reason: "하나만 취소할게요" }, BUYER);
      // At once after the other: the gateway drops the second of two cancels within a second.
      const owner = stage.town.weaver.owner;
      await stage.client.ask(sellers.rejectStoreOrder, { ...second, reason: "재고가 상했어요" }, owner);
    },
  },
  {
    name: "kakaopay-answer-lost",
    isMain: false,
    ends: ["REJECTED"],
    prepare: ({ rig }) => {
      const { faults } = rig.gateways.kakaopay;
      for (const operation of ["approve", "cancel"]) faults.order({ operation, kind: "effect-then-drop" });
      faults.order({ operation: "order", kind: "dark" });
    },
    // Nobody accepts the food: the money goes back by itself.
    play: async (stage) => {
      const placed = await stage.place(foodBasket(stage.town));
      if (placed) await stage.pay(placed, "kakaopay");
    },
  },
  {
    name: "declined-then-paid",
    isMain: false,
    ends: ["COMPLETED"],
    prepare: ({ rig }) => {
      rig.gateways.toss.faults.order({ operation: "confirm", kind: "decline:REJECT_CARD_COMPANY" });
    },
    play: async (stage) => {
      const placed = await stage.place(foodBasket(stage.town));
      if (!placed) return;
      await stage.pay(placed, "toss");
      const again = await stage.waitFor(placed.orderId, ({ status }) => status !== "PENDING_PAYMENT");
      await cookAndHandOver(stage, again.paidAt ? again : await stage.pay(again, "kakaopay"));
    },
  },
  {
    name: "impatient",
    isMain: false,
    ends: ["COMPLETED"],
    prepare: ({ rig }) => {
      const { faults } = rig.gateways.toss;
      faults.order({ operation: "confirm", kind: "effect-then-drop" });
      faults.order({ operation: "get", kind: "dark" });
    },
    // The first answer is not known yet, and the buyer pays in a second window.
    play: async (stage) => {
      const placed = await stage.place(foodBasket(stage.town));
      if (!placed) return;
      await stage.tryToPay(placed, "toss");
      await cookAndHandOver(stage, await stage.pay(placed, "toss"));
    },
  },
  {
    name: "dark-past-deadline",
    isMain: false,
    ends: ["COMPLETED"],
    prepare: goDark,
    // Captured, and nobody can be asked until the payment's deadline is over: expiry hears "undecided".
    play: async (stage) => {
      const placed = await stage.place(foodBasket(stage.town));
      if (!placed) return;
      await stage.tryToPay(placed, "toss");
      await stage.waitFor(placed.orderId, ({ active }) => !active, { minutes: 12 });
      stage.rig.gateways.toss.faults.clear();
      await cookAndHandOver(stage, await stage.waitFor(placed.orderId, ({ isSecured }) => isSecured === true));
    },
  },
  {
    name: "dark-past-holds",
    isMain: false,
    ends: ["CANCELLED"],
    prepare: goDark,
    heal: ({ rig }) => rig.gateways.toss.faults.clear(),
    // And here until the holds are over too: the money goes back by itself.
    play: async (stage) => {
      const placed = await stage.place(foodBasket(stage.town));
      if (!placed) return;
      await stage.tryToPay(placed, "toss");
      await stage.waitFor(placed.orderId, ({ active }) => !active, { minutes: 40 });
    },
  },
  {
    name: "forged-webhook",
    isMain: false,
    ends: ["CANCELLED"],
    // Somebody says that it was paid; nobody has.
    play: async (stage) => {
      const placed = await stage.place(foodBasket(stage.town));
      if (!placed) return;
      const { paymentId = "", payable } = placed;
      const window = await stage.client.ask(startAttempt, { paymentId, gateway: "toss" }, BUYER);
      if (isRefusal(window)) return;
      const data = { paymentKey: "forged", orderId: window.attemptId, status: "DONE", totalAmount: payable };
      await stage.client.ask(receiveTossWebhook, { eventType: "PAYMENT_STATUS_CHANGED", data }, nobody);
    },
  },
  {
    name: "true-webhook",
    isMain: false,
    ends: ["COMPLETED"],
    prepare: ({ rig }) => {
      const { faults } = rig.gateways.toss;
      faults.order({ operation: "confirm", kind: "effect-then-drop" });
      faults.order({ operation: "get", kind: "dark" });
    },
    // The answer is lost, and the gateway tells it twice by webhook.
    play: async (stage) => {
      const placed = await stage.place(foodBasket(stage.town));
      if (!placed) return;
      await stage.tryToPay(placed, "toss");
      const orderId = siblingId("attempt", placed.paymentId ?? "");
      const data = { orderId, status: "DONE", totalAmount: placed.payable };
      for (const _again of [1, 2])
        await stage.client.ask(receiveTossWebhook, { eventType: "PAYMENT_STATUS_CHANGED", data }, nobody);
      await cookAndHandOver(stage, await stage.waitFor(placed.orderId, ({ isSecured }) => isSecured === true));
    },
  },
  {
    name: "restart",
    isMain: false,
    ends: ["COMPLETED"],
    // The process dies between the payment and the kitchen, so that its start is a boundary too.
    play: async (stage) => {
      const placed = await stage.place(foodBasket(stage.town));
      if (!placed) return;
      const paid = await stage.pay(placed, "toss");
      stage.rig.crash();
      await cookAndHandOver(stage, paid);
    },
  },
  {
    name: "sold-out",
    isMain: false,
    ends: [],
    // Three cups of two are wanted: there is no order then.
    play: async (stage) => {
      const { pottery, lastCup } = stage.town;
      const total = 3 * PRICES.lastCup + PRICES.parcel;
      const placed = await stage.place({ stalls: [pottery], lines: [{ itemId: lastCup, quantity: 3 }], total });
      if (placed) await stage.pay(placed, "toss");
    },
  },
];

export const scenarios: readonly Scenario[] = [...mains, ...sides];

function goDark({ rig }: Stage): void {
  const { faults } = rig.gateways.toss;
  faults.order({ operation: "confirm", kind: "effect-then-drop" });
  faults.order({ operation: "get", kind: "dark", times: "forever" });
}

export async function cookAndHandOver(stage: Stage, paid: OrderRow): Promise<void> {
  const { food } = stage.town;
  const part = stage.partOf(paid, food);
  const steps = [
    sellers.acceptStoreOrder,
    sellers.prepareStoreOrder,
    sellers.readyStoreOrder,
    sellers.handOverStoreOrder,
  ];
  for (const step of steps) await stage.client.ask(step, part, food.owner);
  await stage.client.ask(orders.getOrder, { orderId: paid.orderId }, BUYER);
}

async function sendParcel(stage: Stage, paid: OrderRow, stall: Stall): Promise<void> {
  const part = stage.partOf(paid, stall);
  await stage.client.ask(sellers.prepareStoreOrder, part, stall.owner);
  await stage.client.ask(
    sellers.shipStoreOrder,
    { ...part, carrier: "마당택배", trackingNo: "1234567890" },
    stall.owner,
  );
  await stage.client.ask(sellers.deliverStoreOrder, part, stall.owner);
}
