import * as contract from "#contracts/payment/operator-operations.ts";
import { reject } from "#platform/core/decision.ts";
import { cutPage, FIRST, readCursor } from "#platform/http/page.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import type { AttemptRow } from "../flow/attempt-row.ts";

const pageSize = 20;
const oldestFirst = `select data from states where open_attempt_of is not null and (started_at, key) > ($1, $2)
  order by started_at, key limit $3`;

export const listUnresolvedAttempts = handle(contract.listUnresolvedAttempts, async (input, _caller, deps: Deps) => {
  const { cursor, limit = pageSize } = input;
  const after = readCursor(cursor) ?? FIRST;
  if (after === "invalid") return reject("payment.cursor_invalid", { field: "cursor" });
  const values = [after.sorted, after.key, limit + 1];
  const rows = await deps.sql.rows<{ data: AttemptRow }>("unresolved", oldestFirst, values);
  const { shown, ...next } = cutPage(rows, limit, ({ data }) => ({ sorted: data.startedAt, key: data.attemptId }));
  return { attempts: shown.map(({ data }) => view(data)), ...next };
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
