import * as contract from "#contracts/payment/operator-operations.ts";
import { reject } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import type { AttemptRow } from "../flow/attempt-row.ts";
import { readCursor, writeCursor } from "./cursor.ts";

const pageSize = 20;
const firstPage = `select data from states where open_attempt_of is not null order by started_at, key limit $1`;
const nextPage = `select data from states where open_attempt_of is not null and (started_at, key) > ($2, $3)
  order by started_at, key limit $1`;

export const listUnresolvedAttempts = handle(contract.listUnresolvedAttempts, async (input, _caller, deps: Deps) => {
  const { cursor, limit = pageSize } = input;
  const after = cursor === undefined ? undefined : readCursor(cursor);
  if (after === null) return reject("payment.cursor_invalid", { field: "cursor" });
  const rows = after
    ? await deps.sql.rows<{ data: AttemptRow }>("unresolved-next", nextPage, [limit + 1, ...after])
    : await deps.sql.rows<{ data: AttemptRow }>("unresolved-first", firstPage, [limit + 1]);
  const attempts = rows.slice(0, limit).map((row) => row.data);
  const last = attempts.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { attempts: attempts.map(view), ...(more ? { nextCursor: writeCursor(last.startedAt, last.attemptId) } : {}) };
});

function view(row: AttemptRow) {
  const { attemptId, paymentId, orderId, operation, gateway, gatewayPaymentId, amount, status, startedAt } = row;
  const { proposal } = row;
  return {
    ...{ attemptId, paymentId, orderId, operation, gateway, gatewayPaymentId, amount, status, startedAt },
    evidence: row.evidence.map(({ at, call, outcome, code, httpStatus }) => ({
      ...{ at, call, outcome },
      ...(code === undefined ? {} : { code }),
      ...(httpStatus === undefined ? {} : { httpStatus }),
    })),
    ...(proposal ? { proposedOutcome: proposal.outcome, proposedNote: proposal.note } : {}),
  };
}
