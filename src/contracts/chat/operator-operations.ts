import { Type } from "typebox";
import { id, oneOf, page } from "#platform/core/fields.ts";
import { operation } from "#platform/core/operation.ts";
import { Report, reportStatus } from "./shapes.ts";

const operators = ["OPERATOR", "ADMIN"] as const;

/** J4. Of all that is said, operators see what was reported. */
export const listReports = operation({
  service: "chat",
  name: "listReports",
  method: "GET",
  path: "/chat/reports",
  access: operators,
  summary: { ko: "신고 목록 (오래된 것부터)", en: "Reports, the oldest first" },
  input: Type.Object({ status: Type.Optional(reportStatus), ...page }),
  output: Type.Object({ reports: Type.Array(Report), nextCursor: Type.Optional(Type.String()) }),
  problems: ["chat.cursor_invalid"],
  idempotency: "safe",
});

/** The decision is written down; what follows for the account (a suspension) is identity's own operation. */
export const closeReport = operation({
  service: "chat",
  name: "closeReport",
  method: "POST",
  path: "/chat/reports/:reportId/closing",
  access: operators,
  summary: { ko: "신고 처리", en: "Close a report" },
  input: Type.Object({ reportId: id("report"), decision: oneOf(["DISMISSED", "UPHELD"]) }),
  output: Report,
  problems: ["chat.report_not_found", "chat.report_closed"],
  idempotency: "key",
});
