import type { Static } from "typebox";
import * as contract from "#contracts/chat/operator-operations.ts";
import type { Report as Shown } from "#contracts/chat/shapes.ts";
import { assert } from "#platform/core/assert.ts";
import { isRefusal, reject } from "#platform/core/decision.ts";
import { cutPage, FIRST, readCursor } from "#platform/http/page.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import { commentKey, decideClose, type Report } from "../domain/report.ts";
import type { Message, Room } from "../domain/room.ts";
import { showMessage } from "../live/show-message.ts";
import { inNameOf } from "./member.ts";

const pageSize = 20;
const oldestFirst = `select data from states
  where filed_at is not null and (filed_at, key) > ($1, $2) and ($3::text is null or report_status = $3)
  order by filed_at, key limit $4`;

export const listReports = handle(contract.listReports, async (input, _caller, deps: Deps) => {
  const { status = null, cursor, limit = pageSize } = input;
  const after = readCursor(cursor) ?? FIRST;
  if (after === "invalid") return reject("chat.cursor_invalid", { field: "cursor" });
  const values = [String(after.sorted), after.key, status, limit + 1];
  const rows = await deps.sql.rows<{ data: Report }>("chat-reports", oldestFirst, values);
  const { shown, ...next } = cutPage(rows, limit, ({ data }) => ({ sorted: data.filedAt, key: data.reportId }));
  return {
    reports: await show(
      deps,
      shown.map(({ data }) => data),
    ),
    ...next,
  };
});

export const closeReport = handle(contract.closeReport, async ({ reportId, decision }, caller, deps: Deps) => {
  const outcome = await deps.records.change({
    ...inNameOf(caller),
    keys: [reportId],
    decide(rows) {
      const facts = decideClose(rows.get<Report>(reportId), decision, caller.id ?? "");
      return isRefusal(facts) ? facts : { facts };
    },
  });
  if (isRefusal(outcome)) return outcome;
  const report = outcome.rows.get<Report>(reportId);
  assert(report, `a report that was closed has no row: ${reportId}`);
  const [shown] = await show(deps, [report]);
  assert(shown, "one report is shown");
  return shown;
});

/** With what was said, and with what the reporter said of it. */
async function show({ records }: Deps, reports: readonly Report[]): Promise<Static<typeof Shown>[]> {
  const keys = reports.flatMap(({ reportId, messageId, roomId }) => [messageId, roomId, commentKey(reportId)]);
  const rows = await records.read([...new Set(keys)]);
  return reports.map(({ roomId, messageId, ...report }) => {
    const [message, room] = [rows.get<Message>(messageId), rows.get<Room>(roomId)];
    assert(message && room, `what was reported is gone: ${messageId}`);
    return {
      ...report,
      message: showMessage(room, message),
      ...rows.get<{ comment: string }>(commentKey(report.reportId)),
    };
  });
}
