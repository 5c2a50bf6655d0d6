import type { GatewayAnswer, GatewayCall, RefusalClass } from "../domain/gateway-answer.ts";
import type { Exchanged } from "./exchange.ts";
import { unknown } from "./reading.ts";

/** `unknown`: money may have moved. `our_fault`: never shown to a buyer, an operator is told; the intent is kept. */
export type ErrorClass = RefusalClass | "unknown" | "our_fault";

export interface ErrorMeaning {
  readonly errorClass: ErrorClass;
  readonly httpStatus: number;
  /** Where it is listed; the classification itself is a recommendation (G) everywhere. */
  readonly source: string;
  readonly confidence: "A" | "B" | "C";
}

export type ErrorTable = ReadonlyMap<string, ErrorMeaning>;

/** Rows of a table: codes separated by spaces that share class, status and source. */
export function errorTable(
  rows: readonly (Omit<ErrorMeaning, "httpStatus"> & { httpStatus: number; codes: string })[],
): ErrorTable {
  return new Map(
    rows.flatMap(({ codes, ...meaning }) =>
      codes
        .trim()
        .split(/\s+/)
        .map((code) => [code, meaning]),
    ),
  );
}

/** What a call can be told no about: a decline in answer to a question says nothing about the payment asked for. */
const nosOf: Readonly<Record<GatewayCall, readonly ErrorClass[]>> = {
  ready: [],
  confirm: ["declined", "session_gone"],
  query: ["session_gone"],
  cancel: ["cancel_refused", "try_again"],
};

/**
 * What a refusal by HTTP means: a no only when its code is listed as one for such a call, and only under a 4xx. A 5xx,
 * a 409 and a 429 are unknown whatever they say, and so is a code that nobody has listed (R6).
 */
export function meaningOf(table: ErrorTable, exchanged: Exchanged, code: string | undefined): GatewayAnswer {
  const { status } = exchanged;
  if (exchanged.failed !== undefined || status === undefined)
    return unknown(exchanged, exchanged.failed ?? "TRANSPORT");
  if (code === undefined) return unknown(exchanged, `HTTP_${status}`);
  if (status < 400 || status >= 500 || status === 409 || status === 429) return unknown(exchanged, code);
  const errorClass = table.get(code)?.errorClass ?? "unknown";
  if (errorClass === "our_fault") return unknown(exchanged, `OUR_FAULT_${code}`);
  if (errorClass === "unknown" || !nosOf[exchanged.evidence.call].includes(errorClass)) return unknown(exchanged, code);
  const evidence = { ...exchanged.evidence, outcome: "refused" as const, code };
  return { outcome: "refused", refusalClass: errorClass, code, evidence };
}
