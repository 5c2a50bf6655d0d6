import * as contract from "#contracts/chat/operations.ts";
import { chatSocket } from "#contracts/chat/socket.ts";
import { isRefusal } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";

export const issueChatTicket = handle(contract.issueChatTicket, async (_input, caller, { tickets }: Deps) => {
  const issued = await tickets.issue(caller);
  return isRefusal(issued) ? issued : { ...issued, path: `${chatSocket.path}?ticket=${issued.ticket}` };
});
