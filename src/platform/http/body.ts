import { isUtf8 } from "node:buffer";
import { type Refusal, reject } from "#platform/core/decision.ts";
import { isBadText, membersWritten, walkJson } from "./text.ts";

export type JsonBody = Readonly<Record<string, unknown>>;
export type ParsedBody =
  | { readonly body: JsonBody; readonly raw?: string }
  | { readonly refusal: Refusal; readonly raw?: never };

/** Reads a JSON object and nothing else: no list, no name twice, no `__proto__`, no text that cannot be stored. */
export function parseBody(bytes: Buffer): ParsedBody {
  if (bytes.length === 0) return { body: {} };
  if (!isUtf8(bytes)) return refused("request.bad_text");
  const text = bytes.toString("utf8");
  const value = parsed(text);
  if (value === undefined) return refused("request.bad_json");
  if (typeof value !== "object" || value === null || Array.isArray(value)) return refused("request.body_not_object");
  const walk = walkJson(value);
  if (walk.tooDeep) return refused("request.bad_json");
  if (walk.badTextAt !== undefined) return refused("request.bad_text", walk.badTextAt);
  if (walk.protoAt !== undefined) return refused("request.unknown_field", walk.protoAt);
  if (walk.members !== membersWritten(text)) return refused("request.duplicate_field");
  return { body: value as JsonBody };
}

/** The text as it came, of whatever form: only what could not be stored is refused. */
export function keepBody(bytes: Buffer): ParsedBody {
  if (!isUtf8(bytes)) return refused("request.bad_text");
  const raw = bytes.toString("utf8");
  return isBadText(raw) ? refused("request.bad_text") : { body: {}, raw };
}

function refused(code: string, field?: string): ParsedBody {
  return { refusal: field === undefined ? reject(code) : reject(code, { field }) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
