import { messageReported, messageSent, messagesRead } from "#contracts/chat/events.ts";
import { getStoreOrderPeople } from "#contracts/order/operations.ts";
import type { StoredFact } from "#platform/facts/change.ts";
import { service } from "#platform/service.ts";
import { FORGET_TICKET, forgetTicket } from "#platform/socket/tickets.ts";
import { announce } from "./announce.ts";
import { blockPerson, unblockPerson } from "./api/block-person.ts";
import { issueChatTicket } from "./api/issue-chat-ticket.ts";
import { closeReport, listReports } from "./api/judge-reports.ts";
import { markRead } from "./api/mark-read.ts";
import { openOrderRoom, openStoreRoom } from "./api/open-room.ts";
import { problems } from "./api/problems.ts";
import { countUnread, getRoom, listMessages, listRooms } from "./api/read-rooms.ts";
import { reportMessage } from "./api/report-message.ts";
import { sendMessage } from "./api/send-message.ts";
import { showTyping } from "./api/show-typing.ts";
import { type Deps, depsOf } from "./deps.ts";
import { evolve } from "./domain/evolve.ts";
import { facets } from "./facets.ts";
import { socket } from "./live/socket.ts";
import { hearTyping, tails } from "./live/tails.ts";
import { settings } from "./settings.ts";
import { known } from "./views/known.ts";

export const chat = service<Deps, typeof settings>({
  name: "chat",
  migrations: `${import.meta.dirname}/db`,
  settings,
  calls: [getStoreOrderPeople],
  problems,
  announces: [messageSent, messagesRead, messageReported],
  announce,
  facets,
  evolve: (before: unknown, fact: StoredFact) => evolve(before, fact),
  deps: depsOf,
  operations: [
    ...[openOrderRoom, openStoreRoom, listRooms, getRoom, countUnread, listMessages],
    ...[sendMessage, markRead, showTyping, blockPerson, unblockPerson, reportMessage],
    ...[issueChatTicket, listReports, closeReport],
  ],
  views: [known],
  work: { [FORGET_TICKET]: forgetTicket },
  jobs: [hearTyping],
  tails,
  sockets: [socket],
});
