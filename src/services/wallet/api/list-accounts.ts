import * as contract from "#contracts/wallet/operations.ts";
import { reject } from "#platform/core/decision.ts";
import { cutPage, FIRST, readCursor } from "#platform/http/page.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import type { Side } from "../domain/journal.ts";
import { accountLabel } from "../labels.ts";

interface Row {
  readonly class: string;
  readonly account: string;
  readonly normal_side: Side;
  readonly debit: number;
  readonly credit: number;
  readonly balance: number;
  readonly posted: number;
  readonly pending: number;
  readonly available: number;
}

const pageSize = 20;
const columns = `select b.class, b.account, b.normal_side, b.debit, b.credit, b.balance, b.posted, b.pending, b.available
  from standings b`;
const accounts = `${columns} where b.account > $1 order by b.account limit $2`;
/** Those that are `class` or begin with `class:`; the semicolon is the next character after the colon. */
const accountsOfClass = `${columns} where b.account > $1 and b.account >= $3 and b.account < $3 || ';'
  order by b.account limit $2`;

/** By class and name: an account's name is chosen, not made up, so it is an order that a reader understands. */
export const listAccounts = handle(contract.listAccounts, async (input, _caller, deps: Deps) => {
  const { cursor, limit = pageSize } = input;
  const after = readCursor(cursor) ?? FIRST;
  if (after === "invalid") return reject("wallet.cursor_invalid", { field: "cursor" });
  const rows =
    input.class === undefined
      ? await deps.sql.rows<Row>("accounts", accounts, [after.key, limit + 1])
      : await deps.sql.rows<Row>("accounts-of-class", accountsOfClass, [after.key, limit + 1, input.class]);
  const { shown, ...next } = cutPage(rows, limit, (row) => ({ sorted: row.class, key: row.account }));
  return {
    accounts: shown.map(({ account, normal_side, class: _, ...sums }) => {
      return { account, label: accountLabel(account), normalSide: normal_side, ...sums };
    }),
    ...next,
  };
});
