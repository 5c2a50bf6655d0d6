import type { NewFact } from "#platform/core/decision.ts";
import type { Instant } from "#platform/core/time.ts";
import { evolveReport, type Report, type ReportFact } from "./report.ts";
import { evolveRoom, type Room, type RoomFact } from "./room.ts";

/** The row after a fact: a report's or a room's. */
export function evolve(before: unknown, fact: NewFact & { readonly at: Instant }): Room | Report {
  if (fact.stream.startsWith("rpt_")) return evolveReport(before as Report | undefined, fact as ReportFact, fact.at);
  return evolveRoom(before as Room | undefined, fact as RoomFact, fact.at);
}
