import * as chats from "#contracts/chat/operations.ts";
import type { Policies, Policy } from "./policy.ts";
import { placePaid, type Town } from "./town.ts";

const MEMBER = { may: ["BUYER", "SELLER"], whose: "caller" } as const;
const OWN_ROOM = { may: ["BUYER", "SELLER"], whose: "owner" } as const;
const OPERATORS = { may: ["OPERATOR", "ADMIN"], whose: "operators" } as const;

/** The room of the buyer with the food store. */
export async function talk(town: Town): Promise<string> {
  return (await town.done(chats.openStoreRoom, { storeId: town.food.storeId }, town.buyer)).roomId;
}

/** A message of the seller's there. */
export async function told(town: Town, text = "무엇을 도와드릴까요?") {
  const roomId = await talk(town);
  return town.done(chats.sendMessage, { roomId, messageId: town.id("message"), text }, town.seller);
}

/** A report of such a message by the buyer. */
export async function reported(town: Town): Promise<string> {
  const { roomId, messageId } = await told(town);
  return (await town.done(chats.reportMessage, { roomId, messageId, reason: "SPAM" }, town.buyer)).reportId;
}

/** The room of a new buyer with the food store: whom they block is nobody else's business. */
export async function apart(town: Town) {
  const as = town.door.mint.as("BUYER");
  const { roomId } = await town.done(chats.openStoreRoom, { storeId: town.food.storeId }, as);
  return { input: { roomId }, as };
}

const inRoom = (more: (town: Town) => object = () => ({})): Policy => ({
  ...OWN_ROOM,
  good: async (town) => ({ input: { roomId: await talk(town), ...more(town) }, as: town.buyer }),
});

export const chatPolicy: Policies = {
  openOrderRoom: {
    ...OWN_ROOM,
    good: async (town) => {
      const [{ storeOrderId }, other] = [await placePaid(town), await placePaid(town)];
      return { input: { storeOrderId }, as: town.seller, other: { storeOrderId: other.storeOrderId } };
    },
  },
  openStoreRoom: {
    may: ["BUYER"],
    whose: "caller",
    good: ({ goods, food, buyer }) => ({
      input: { storeId: goods.storeId },
      as: buyer,
      other: { storeId: food.storeId },
    }),
  },
  listRooms: { ...MEMBER, good: ({ buyer }) => ({ input: { limit: 1 }, as: buyer }) },
  countUnread: { ...MEMBER, good: ({ seller }) => ({ input: {}, as: seller }) },
  getRoom: inRoom(),
  listMessages: inRoom(() => ({ limit: 5 })),
  sendMessage: inRoom((town) => ({ messageId: town.id("message"), text: "안녕하세요" })),
  showTyping: inRoom(),
  markRead: {
    ...OWN_ROOM,
    good: async (town) => {
      const { roomId, seq } = await told(town);
      return { input: { roomId, seq }, as: town.buyer };
    },
  },
  blockPerson: { ...OWN_ROOM, good: apart },
  unblockPerson: { ...OWN_ROOM, good: apart },
  reportMessage: {
    ...OWN_ROOM,
    good: async (town) => {
      const { roomId, messageId } = await told(town);
      return { input: { roomId, messageId, reason: "ABUSE", comment: "무례해요" }, as: town.buyer };
    },
  },
  issueChatTicket: { ...MEMBER, good: ({ buyer }) => ({ input: {}, as: buyer }) },
  listReports: { ...OPERATORS, good: ({ operator }) => ({ input: { status: "OPEN", limit: 1 }, as: operator }) },
  closeReport: {
    ...OPERATORS,
    good: async (town) => ({
      input: { reportId: await reported(town), decision: "DISMISSED" },
      as: town.operator,
      other: { decision: "UPHELD" },
    }),
  },
};
