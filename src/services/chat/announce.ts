import { messageReported, messageSent, messagesRead } from "#contracts/chat/events.ts";
import { type Announcement, announcement } from "#platform/core/event.ts";
import type { StoredFact } from "#platform/facts/change.ts";
import type { ReportFact } from "./domain/report.ts";
import type { RoomFact } from "./domain/room.ts";

/** That something was said, read or reported is everybody's; who has blocked whom is nobody's. */
export function announce(stored: StoredFact): readonly Announcement[] {
  const fact = stored as StoredFact & (RoomFact | ReportFact);
  switch (fact.type) {
    case "MessageSent":
      return [announcement(messageSent, { roomId: fact.stream, ...fact.data })];
    case "MessagesRead":
      return [announcement(messagesRead, { roomId: fact.stream, ...fact.data })];
    case "MessageReported": {
      const { roomId, messageId, accusedId, reason } = fact.data;
      return [announcement(messageReported, { reportId: fact.stream, roomId, messageId, accusedId, reason })];
    }
    default:
      return [];
  }
}
