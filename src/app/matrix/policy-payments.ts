import { startAttempt } from "#contracts/payment/buyer-operations.ts";
import type { Policies } from "./policy.ts";
import { authorize, place, placePaid } from "./town.ts";

const BUYER = { may: ["BUYER"], whose: "owner" } as const;
const ANYONE = { may: "anyone", whose: "anyone" } as const;
const HOUSE = { may: "house", whose: "house" } as const;
const OPERATORS = { may: ["OPERATOR", "ADMIN"], whose: "operators" } as const;

export const paymentPolicy: Policies = {
  closePayment: {
    ...HOUSE,
    good: async (town) => {
      const { orderId } = await place(town);
      return { input: { orderId, force: false }, as: town.door.house(), other: { force: true } };
    },
  },
  refundPayment: { ...HOUSE, good: "an order asks for it; cancelOrder and rejectStoreOrder show it" },
  getOrderPayment: {
    ...BUYER,
    good: async (town) => ({ input: { orderId: (await place(town)).orderId }, as: town.buyer }),
  },
  getPayment: {
    ...BUYER,
    good: async (town) => ({ input: { paymentId: (await placePaid(town)).paymentId }, as: town.buyer }),
  },
  listPayments: { may: ["BUYER"], whose: "caller", good: ({ buyer }) => ({ input: { limit: 2 }, as: buyer }) },
  startAttempt: {
    ...BUYER,
    good: async (town) => ({
      input: { paymentId: (await place(town)).paymentId, gateway: "toss" },
      as: town.buyer,
      other: "the first window at Toss is opened without a commit: there is nothing yet that could be doubled",
    }),
  },
  confirmPayment: {
    ...BUYER,
    good: async (town) => ({
      input: await authorize(town, await place(town)),
      as: town.buyer,
      other: { paymentKey: "another" },
    }),
  },
  returnFromGateway: {
    ...ANYONE,
    good: async (town) => {
      const { attemptId, ...input } = await authorize(town, await place(town));
      return { input: { ...input, attemptId, orderId: attemptId, paymentType: "NORMAL" } };
    },
  },
  returnWithoutPayment: {
    ...ANYONE,
    good: async (town) => {
      const { paymentId } = await place(town);
      const { attemptId } = await town.done(startAttempt, { paymentId, gateway: "toss" }, town.buyer);
      return { input: { paymentId, attemptId, code: "PAY_PROCESS_CANCELED", message: "취소", orderId: attemptId } };
    },
  },
  listUnresolvedAttempts: {
    may: ["OPERATOR"],
    whose: "operators",
    good: ({ operator }) => ({ input: { limit: 1 }, as: operator }),
  },
  decideAttempt: { may: ["OPERATOR"], whose: "operators", good: "needs a silent gateway: see no-answer.db.test.ts" },
  receiveTossWebhook: { ...ANYONE, good: () => ({ input: {} }) },
};

export const walletPolicy: Policies = {
  postRefundIntent: { ...HOUSE, good: "payment asks for it before it refunds; cancelOrder shows it" },
  getOrderLedger: {
    ...OPERATORS,
    good: async (town) => ({ input: { orderId: (await placePaid(town)).orderId }, as: town.operator }),
  },
  listAccounts: { ...OPERATORS, good: ({ operator }) => ({ input: { class: "commission", limit: 2 }, as: operator }) },
};
