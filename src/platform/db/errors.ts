/** What a caller may do after a failed statement. */
export type FailureClass = "technical" | "stale" | "constraint" | "data";

/** The SQLSTATE our own functions raise when a version check finds that another process was faster. */
export const staleSqlState = "MD001";

/** Thrown when no connection could be had: the statement was never sent, so nothing can have happened. */
export class NotConnected extends Error {
  override name = "NotConnected";
}

// These come from Node's sockets. ENOENT is what connecting to a removed Unix socket says.
const beforeSending = new Set([
  "ECONNREFUSED",
  "ENOENT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "EMFILE",
  "ENFILE",
]);
const whileOpen = new Set(["ECONNRESET", "EPIPE", "ETIMEDOUT", "ECONNABORTED", "ERR_STREAM_DESTROYED"]);

// The driver has no codes for these, so its sentences are matched whole; pool.db.test.ts notices if they change.
const driverRefused = [
  "timeout exceeded when trying to connect",
  "Connection terminated due to connection timeout",
  "Client has encountered a connection error and is not queryable",
  "Client was closed and is not queryable",
  "Cannot use a pool after calling end on the pool",
];
const driverLost = ["Connection terminated unexpectedly", "Connection terminated", "Query read timeout"];

// Connection, log-in, rollback, resources, operator, system, internal: none of these depends on the input.
const technicalClasses = new Set(["08", "28", "40", "53", "57", "58", "XX"]);
// Lock not available, object in use, read-only after a failover, idle too long, no such database, plan changed.
const technicalStates = new Set(["55P03", "55006", "25006", "25P03", "3D000", "0A000"]);
// The server says it is ending this session: the commit may have been done just before.
const sessionEnded = new Set(["57P01", "57P02", "08006", "08000", "08003", "08007", "40003"]);

function isSqlState(code: string): boolean {
  return /^[0-9A-Z]{5}$/.test(code) && !beforeSending.has(code) && !whileOpen.has(code);
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
}

/**
 * Sorts a failure of a statement by what may be done about it (MECHANISMS.md §2 and §5):
 * - `technical`: does not depend on the input; the same statement may succeed later.
 * - `stale`: somebody else changed the row first; load again and decide again.
 * - `constraint`: a constraint of the database said no (SQLSTATE 23xxx).
 * - `data`: comes again with the same input: a value out of range (22xxx), and also every programming error.
 */
export function classify(error: unknown): FailureClass {
  if (error instanceof NotConnected) return "technical";
  const code = codeOf(error);
  if (code === staleSqlState) return "stale";
  if (beforeSending.has(code) || whileOpen.has(code)) return "technical";
  if (isSqlState(code)) {
    if (code.startsWith("23")) return "constraint";
    return technicalClasses.has(code.slice(0, 2)) || technicalStates.has(code) ? "technical" : "data";
  }
  const message = error instanceof Error ? error.message : "";
  return driverRefused.includes(message) || driverLost.includes(message) ? "technical" : "data";
}

/**
 * True when the connection broke while a statement was under way: it may or may not have been committed, so the
 * caller must look before it repeats (MECHANISMS.md §2 "Outcome unknown"). Errs on the side of "unknown".
 */
export function outcomeUnknown(error: unknown): boolean {
  if (error instanceof NotConnected) return false;
  const code = codeOf(error);
  if (whileOpen.has(code) || sessionEnded.has(code)) return true;
  return error instanceof Error && code === "" && driverLost.includes(error.message);
}
