import * as contract from "#contracts/payment/operator-operations.ts";
import { reject } from "#platform/core/decision.ts";
import { cutPage, readCursor } from "#platform/http/page.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import { attemptOf, isOpen, type Payment } from "../domain/payment.ts";
import type { AttemptRow } from "../flow/attempt-row.ts";
import { resolveKey } from "../flow/work-keys.ts";

const pageSize = 20;
/** Each open attempt has a piece of work that asks about it, whose key is the attempt's: its id tells its time. */
const oldestFirst = `select w.key, w.data ->> 'attemptId' as attempt_id, pay.data as payment, att.data as kept
  from work w join states pay on pay.key = w.stream left join states att on att.key = w.data ->> 'attemptId'
  where w.key > $1 and w.key < $2 order by w.key limit $3`;

interface Row {
  readonly key: string;
  readonly attempt_id: string;
  readonly payment: Payment;
  readonly kept: AttemptRow | null;
}

export const listUnresolvedAttempts = handle(contract.listUnresolvedAttempts, async (input, _caller, deps: Deps) => {
  const { cursor, limit = pageSize } = input;
  const after = readCursor(cursor);
  if (after === "invalid") return reject("payment.cursor_invalid", { field: "cursor" });
  const values = [after?.key ?? resolveKey(""), resolveKey("~"), limit + 1];
  const rows = await deps.sql.rows<Row>("unresolved", oldestFirst, values);
  const { shown, ...next } = cutPage(rows, limit, ({ key }) => ({ sorted: "", key }));
  return { attempts: shown.flatMap(view), ...next };
});

function view({ attempt_id, payment, kept }: Row) {
  const attempt = attemptOf(payment, attempt_id);

  if (!attempt || !isOpen(attempt)) return [];
  const { paymentId, orderId } = payment;
  const { attemptId, operation, gateway, gatewayPaymentId, amount, status, startedAt, proposal } = attempt;
  return {
    ...{ attemptId, paymentId, orderId, operation, gateway, gatewayPaymentId, amount, status, startedAt },
    evidence: (kept?.evidence ?? []).map(({ at, call, outcome, code, httpStatus }) => ({
      ...{ at, call, outcome },
      ...(code === undefined ? {} : { code }),
      ...(httpStatus === undefined ? {} : { httpStatus }),
    })),
    ...(proposal ? { proposedOutcome: proposal.outcome, proposedNote: proposal.note } : {}),
  };
}
