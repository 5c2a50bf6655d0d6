import { assert } from "#platform/core/assert.ts";
import { type NewFact, type Refusal, reject } from "#platform/core/decision.ts";
import type { Instant } from "#platform/core/time.ts";
import type { Message } from "./room.ts";

export type Reason = "SPAM" | "ABUSE" | "FRAUD" | "PERSONAL_DATA" | "OTHER";
export type Verdict = "DISMISSED" | "UPHELD";

export interface Report {
  readonly reportId: string;
  readonly roomId: string;
  readonly messageId: string;
  readonly reporterId: string;
  readonly accusedId: string;
  readonly reason: Reason;
  readonly status: "OPEN" | Verdict;
  readonly filedAt: Instant;
  readonly closedAt?: Instant;
  readonly closedBy?: string;
}

interface ReportFacts {
  readonly MessageReported: Pick<Report, "roomId" | "messageId" | "reporterId" | "accusedId" | "reason">;
  readonly ReportClosed: { readonly decision: Verdict; readonly closedBy: string };
}
export type ReportFact = {
  readonly [Type in keyof ReportFacts]: NewFact<Type, ReportFacts[Type]>;
}[keyof ReportFacts];

/** The reporter's own words: a row without a history, as all words of people. */
export function commentKey(reportId: string): string {
  return `comment:${reportId}`;
}

export function evolveReport(before: Report | undefined, fact: ReportFact, at: Instant): Report {
  if (fact.type === "MessageReported") return { reportId: fact.stream, ...fact.data, status: "OPEN", filedAt: at };
  assert(before, `a report is closed that was never filed: ${fact.stream}`);
  return { ...before, status: fact.data.decision, closedBy: fact.data.closedBy, closedAt: at };
}

/** One's own messages cannot be reported, and a message only once (there is one other person in the room). */
export function decideReport(
  report: Report | undefined,
  message: Message | undefined,
  asked: { readonly reportId: string; readonly roomId: string; readonly reporterId: string; readonly reason: Reason },
): readonly ReportFact[] | Refusal<"chat.message_not_found"> {
  const { reportId, roomId, reporterId, reason } = asked;
  if (message === undefined || message.roomId !== roomId || message.senderId === reporterId) {
    return reject("chat.message_not_found");
  }
  if (report !== undefined) return [];
  const { messageId, senderId: accusedId } = message;
  return [{ stream: reportId, type: "MessageReported", data: { roomId, messageId, reporterId, accusedId, reason } }];
}

export function decideClose(
  report: Report | undefined,
  decision: Verdict,
  closedBy: string,
): readonly ReportFact[] | Refusal<"chat.report_not_found" | "chat.report_closed"> {
  if (report === undefined) return reject("chat.report_not_found");
  if (report.status === decision) return [];
  if (report.status !== "OPEN") return reject("chat.report_closed", { status: report.status });
  return [{ stream: report.reportId, type: "ReportClosed", data: { decision, closedBy } }];
}
