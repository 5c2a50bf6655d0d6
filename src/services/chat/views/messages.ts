import type { Sql } from "#platform/db/sql.ts";
import type { Message } from "../domain/room.ts";
import type { Typing } from "../domain/typing.ts";

/** Messages before a place, the newest first. */
export async function messagesBefore(sql: Sql, roomId: string, seq: number, most: number): Promise<Message[]> {
  const text = `select data from states where room_id = $1 and seq < $2 order by seq desc limit $3`;
  return (await sql.rows<{ data: Message }>("chat-before", text, [roomId, seq, most])).map(({ data }) => data);
}

/** Messages after a place, in their order. */
export async function messagesAfter(sql: Sql, roomId: string, seq: number, most: number): Promise<Message[]> {
  const text = `select data from states where room_id = $1 and seq > $2 order by seq limit $3`;
  return (await sql.rows<{ data: Message }>("chat-after", text, [roomId, seq, most])).map(({ data }) => data);
}

const TYPING_MAX = 1_000;

/** Who is typing now, in all processes. */
export async function typingAt(sql: Sql, now: string): Promise<Typing[]> {
  const text = `select data from states where typing_until > $1 order by typing_until desc limit $2`;
  return (await sql.rows<{ data: Typing }>("chat-typing", text, [now, TYPING_MAX])).map(({ data }) => data);
}
