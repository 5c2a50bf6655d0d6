import type { Report } from "./domain/report.ts";
import type { Message, Room } from "./domain/room.ts";
import type { Typing } from "./domain/typing.ts";

/** What rooms, messages, reports and who is typing are found by; the other rows are asked for by their key alone. */
export function facets(key: string, data: unknown): Readonly<Record<string, unknown>> | undefined {
  if (key.startsWith("rom_")) {
    const { buyerId, sellerId, lastMessageAt } = data as Room;
    return { buyerId, sellerId, lastMessageAt };
  }
  if (key.startsWith("msg_")) {
    const { roomId, seq } = data as Message;
    return { roomId, seq };
  }
  if (key.startsWith("rpt_")) {
    const { status, filedAt } = data as Report;
    return { reportStatus: status, filedAt };
  }
  return key.startsWith("typing:") ? { typingUntil: (data as Typing).until } : undefined;
}
