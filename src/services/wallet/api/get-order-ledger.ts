import * as contract from "#contracts/wallet/operations.ts";
import { reject } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import type { Side } from "../domain/journal.ts";
import { accountLabel, stepLabel } from "../labels.ts";

interface Row {
  readonly position: number;
  readonly source_type: string;
  readonly source_id: string;
  readonly step: string;
  readonly at: string;
  readonly rule: string | null;
  readonly reverses: string | null;
  readonly total: number;
  readonly postings: readonly { account: string; side: Side; amount: number; order_line_id: string | null }[];
}

// An order has a handful of journals; the bound is there so that no answer is without one.
const journalsMax = 500;
const journalsOfOrder = `select j.position, j.source_type, j.source_id, j.step, j.at, j.rule, j.reverses, j.total,
    (select json_agg(json_build_object('account', p.account, 'side', p.side, 'amount', p.amount,
      'order_line_id', p.order_line_id) order by p.line) from postings p where p.journal = j.position) as postings
  from journals j where j.order_id = $1 order by j.position limit $2`;

export const getOrderLedger = handle(contract.getOrderLedger, async ({ orderId }, _caller, deps: Deps) => {
  const rows = await deps.sql.rows<Row>("journals-of-order", journalsOfOrder, [orderId, journalsMax]);
  return rows.length === 0 ? reject("wallet.order_not_found") : { orderId, journals: rows.map(journalView) };
});

function journalView(row: Row) {
  const { position, step, at, total, rule, reverses } = row;
  return {
    position,
    step,
    label: stepLabel(step),
    sourceType: row.source_type,
    sourceId: row.source_id,
    at,
    total,
    ...(rule === null ? {} : { rule }),
    ...(reverses === null ? {} : { reverses }),
    postings: row.postings.map(({ account, side, amount, order_line_id }) => ({
      account,
      label: accountLabel(account),
      side,
      amount,
      ...(order_line_id === null ? {} : { orderLineId: order_line_id }),
    })),
  };
}
