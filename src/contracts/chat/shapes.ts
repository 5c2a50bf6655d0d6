import { Type } from "typebox";
import { id, instantField, oneOf, text } from "#platform/core/fields.ts";

/** A room has two people: the buyer, and the seller of the store. Who wrote is told as the side, not as an account. */
export const side = oneOf(["BUYER", "SELLER"]);
/** ORDER: about one seller's part of an order. STORE: before or apart from any order. */
export const roomKind = oneOf(["ORDER", "STORE"]);
export const roomId = id("room");
export const messageId = id("message");
/** The place of a message in its room: 1, 2, 3 … without a gap. */
export const seq = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
/** Up to which message of a room: 0 for none. */
export const upTo = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/**
 * Where an image lies: an https address, without a user, of a host that the house accepts (CHAT_IMAGE_HOSTS). Only this
 * reference is kept. The house never fetches it; clients show it without sending a referrer.
 */
export const imageUrl = Type.String({
  pattern: "^https://[A-Za-z0-9.-]{1,200}(:[0-9]{1,5})?/[\\w.~/?=&%:@,;-]{0,800}$",
  description: "https://images.madang.example/….jpg",
});

/** What people write is text and nothing else: clients show it as it is, never as HTML. */
export const words = text(2000, { description: "보통 글 · plain text" });

export const Message = Type.Object({
  roomId,
  messageId,
  seq,
  from: side,
  text: Type.Optional(Type.String()),
  imageUrl: Type.Optional(Type.String()),
  sentAt: instantField(),
});

export const Room = Type.Object({
  roomId,
  kind: roomKind,
  storeId: id("store"),
  storeName: Type.String(),
  orderId: Type.Optional(id("order")),
  storeOrderId: Type.Optional(id("storeOrder")),
  /** Which of the two the caller is. */
  me: side,
  /** The other one by name: the store's for the buyer, the buyer's nickname for the seller. */
  otherName: Type.String(),
  lastSeq: upTo,
  lastMessage: Type.Optional(Message),
  /** Up to where the caller, and the other one, have read. */
  readSeq: upTo,
  otherReadSeq: upTo,
  unread: upTo,
  /** The caller has blocked the other person: neither can write until this is taken back. */
  isBlockedByMe: Type.Boolean(),
  openedAt: instantField(),
});

export const reportReason = oneOf(["SPAM", "ABUSE", "FRAUD", "PERSONAL_DATA", "OTHER"]);
export const reportStatus = oneOf(["OPEN", "DISMISSED", "UPHELD"]);

/** A report as operators see it, with the message that it is about. */
export const Report = Type.Object({
  reportId: id("report"),
  status: reportStatus,
  reason: reportReason,
  comment: Type.Optional(Type.String()),
  reporterId: id("account"),
  accusedId: id("account"),
  message: Message,
  filedAt: instantField(),
  closedAt: Type.Optional(instantField()),
  closedBy: Type.Optional(id("account")),
});
