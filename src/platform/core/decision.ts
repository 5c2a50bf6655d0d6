/** A business "no": a code of a closed list (`order.store_closed`) and what the text needs. Returned, never thrown. */
export interface Refusal<Code extends string = string> {
  readonly refused: Code;
  /** The input field that is to blame, if one is: `lines.0.quantity`. */
  readonly field?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export function reject<Code extends string>(
  code: Code,
  details?: Readonly<Record<string, unknown>> & { readonly field?: string },
): Refusal<Code> {
  if (!details) return { refused: code };
  const { field, ...rest } = details;
  return { refused: code, ...(field === undefined ? {} : { field }), details: rest };
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === "object" && value !== null && "refused" in value;
}

/** What happened, before it has a place in the log: in the past tense, on one stream. */
export interface NewFact<Type extends string = string, Data = unknown> {
  readonly stream: string;
  readonly type: Type;
  readonly data: Data;
}
