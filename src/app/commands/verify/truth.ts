import type { Pool } from "#platform/db/pool.ts";
import {
  type Contradiction,
  contradictions,
  type PaymentRow,
  paymentRows,
  type TruthRow,
} from "../../invariants/truth.ts";

const PIECE = 5_000;
const ASK_WITHIN_MS = 30_000;

/** Why a gateway's book was not looked at: that is no offence, but nobody may take it for a yes. */
export interface NotCompared {
  readonly notCompared: string;
}

/** Our payments at one gateway against its own book, read at the address where it stands. */
export async function compareWithTruth(
  pool: Pool,
  gateway: string,
  address: string,
): Promise<readonly Contradiction[] | NotCompared> {
  if (address === "") return { notCompared: "진짜 장부의 주소가 없습니다 · no address of its book is given" };
  const truth = await bookAt(address);
  return "notCompared" in truth ? truth : contradictions(gateway, await readPayments(pool), truth.rows);
}

async function bookAt(address: string): Promise<{ readonly rows: readonly TruthRow[] } | NotCompared> {
  try {
    const answer = await fetch(`${address}/fake/truth`, { signal: AbortSignal.timeout(ASK_WITHIN_MS) });
    const { payments } = (await answer.json()) as { payments?: readonly TruthRow[] };
    if (answer.ok && Array.isArray(payments)) return { rows: payments };
    return { notCompared: `${address}: 장부가 아닙니다 (${answer.status}) · is no gateway's book` };
  } catch (error) {
    const why = error instanceof Error ? ((error.cause as { code?: string } | undefined)?.code ?? error.name) : "";
    return { notCompared: `${address}: 답이 없습니다 · does not answer (${why})` };
  }
}

async function readPayments(pool: Pool): Promise<readonly PaymentRow[]> {
  const payments: PaymentRow[] = [];
  for (;;) {
    const { rows } = await pool.query<PaymentRow>(undefined, paymentRows, [payments.at(-1)?.paymentId ?? "", PIECE]);
    payments.push(...rows);
    if (rows.length < PIECE) return payments;
  }
}
