import * as contract from "#contracts/chat/operations.ts";
import { assert } from "#platform/core/assert.ts";
import { isRefusal, reject } from "#platform/core/decision.ts";
import { siblingId } from "#platform/core/ids.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import { commentKey, decideReport, type Report } from "../domain/report.ts";
import type { Message } from "../domain/room.ts";
import { inNameOf, memberOf } from "./member.ts";

export const reportMessage = handle(contract.reportMessage, async (input, caller, deps: Deps) => {
  const { roomId, messageId, reason, comment } = input;
  const member = await memberOf(deps, roomId, caller);
  if (member === undefined) return reject("chat.room_not_found");
  const reportId = siblingId("report", messageId);
  const words = commentKey(reportId);
  const asked = { reportId, roomId, reporterId: member.myId, reason };
  const outcome = await deps.records.change({
    ...inNameOf(caller),
    keys: [reportId, messageId, words],
    decide(rows) {
      const facts = decideReport(rows.get<Report>(reportId), rows.get<Message>(messageId), asked);
      if (isRefusal(facts)) return facts;
      return { facts, ...(facts.length > 0 && comment !== undefined ? { rows: { [words]: { comment } } } : {}) };
    },
  });
  if (isRefusal(outcome)) return outcome;
  const report = outcome.rows.get<Report>(reportId);
  assert(report, `a report that was filed has no row: ${reportId}`);
  return { reportId, status: report.status };
});
