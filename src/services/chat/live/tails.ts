import { messageSent, messagesRead } from "#contracts/chat/events.ts";
import { type Job, tail } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import { typingAt } from "../views/messages.ts";

/** Every process hears every message, also what others committed: tails of our own feed (MECHANISMS.md §4). */
export const tails = [
  tail(messageSent, ({ data }, { desk }: Deps) => desk.hearMessage(data)),
  tail(messagesRead, ({ data }, { desk }: Deps) => desk.hearRead(data)),
];

/** Typing is no fact, so no feed tells of it: while somebody is connected here, its rows are looked at. */
export const hearTyping: Job<Deps> = {
  name: "hear-typing",
  everyMs: 300,
  async run({ clock, desk, sql }) {
    if (desk.isEmpty) return;
    const now = clock.now();
    desk.hearTyping(await typingAt(sql, now), now);
  },
};
