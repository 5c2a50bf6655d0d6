/** One JSON line of ids and a code, never a sentence to parse, never a card, token, address or phone (STYLE.md 16). */
export interface Log {
  debug(fields: LogFields): void;
  info(fields: LogFields): void;
  warn(fields: LogFields): void;
  error(fields: LogFields): void;
}

export type LogFields = { readonly code: string } & Readonly<Record<string, unknown>>;
