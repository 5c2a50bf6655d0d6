import * as chats from "#contracts/chat/operations.ts";
import { closeReport } from "#contracts/chat/operator-operations.ts";
import { apart, reported, talk, told } from "./policy-chat.ts";
import { type Case, refuses } from "./reach-case.ts";
import { newStore, place, type Town } from "./town.ts";

const sending = async (town: Town, more: object) => ({
  input: { roomId: await talk(town), messageId: town.id("message"), ...more },
  as: town.buyer,
});
/** A buyer who was blocked by the seller, or has blocked them. */
const blocked = async (town: Town, by: "seller" | "buyer", more: object = {}) => {
  const { input, as } = await apart(town);
  await town.done(chats.blockPerson, input, by === "seller" ? town.seller : as);
  return { input: { ...input, ...more }, as };
};
const words = (town: Town) => ({ messageId: town.id("message"), text: "저기요" });

export const reachChat: readonly Case[] = [
  // It exists, but is not paid.
  refuses(chats.openOrderRoom, "chat.order_not_found", async (town) => ({
    input: { storeOrderId: (await place(town)).storeOrderId },
    as: town.buyer,
  })),
  refuses(chats.openStoreRoom, "chat.store_not_found", async (town) => ({
    input: { storeId: await newStore(town, town.seller, "FOOD", "DRAFT") },
    as: town.buyer,
  })),
  refuses(chats.openStoreRoom, "chat.own_store", async (town) => {
    const both = town.door.mint.as("BUYER", "SELLER");
    return { input: { storeId: await newStore(town, both, "FOOD", "DRAFT") }, as: both };
  }),
  refuses(chats.sendMessage, "chat.empty_message", (town) => sending(town, { text: "  " })),
  refuses(chats.sendMessage, "chat.image_not_accepted", (town) => sending(town, { imageUrl: "https://a:99999/" })),
  refuses(chats.sendMessage, "chat.message_id_used", async (town) => {
    const { messageId, roomId } = await told(town, "처음 말");
    return { input: { roomId, messageId, text: "다른 말" }, as: town.seller };
  }),
  refuses(chats.sendMessage, "chat.message_not_found", async (town) => {
    const { messageId, roomId } = await told(town);
    return { input: { roomId, messageId, text: "내 말" }, as: town.buyer };
  }),
  refuses(chats.sendMessage, "chat.blocked", (town) => blocked(town, "seller", words(town))),
  refuses(chats.sendMessage, "chat.unblock_first", (town) => blocked(town, "buyer", words(town))),
  refuses(chats.showTyping, "chat.blocked", (town) => blocked(town, "seller")),
  refuses(chats.showTyping, "chat.unblock_first", (town) => blocked(town, "buyer")),
  refuses(chats.markRead, "chat.seq_ahead", async (town) => ({
    input: { roomId: await talk(town), seq: 1_000_000 },
    as: town.buyer,
  })),
  refuses(chats.reportMessage, "chat.message_not_found", async (town) => {
    const { messageId, roomId } = await told(town);
    return { input: { roomId, messageId, reason: "SPAM" }, as: town.seller };
  }),
  refuses(closeReport, "chat.report_closed", async (town) => {
    const reportId = await reported(town);
    await town.done(closeReport, { reportId, decision: "UPHELD" }, town.operator);
    return { input: { reportId, decision: "DISMISSED" }, as: town.operator };
  }),
];
