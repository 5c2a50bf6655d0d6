import type { Caller } from "#platform/core/operation.ts";
import type { Instant } from "#platform/core/time.ts";

/** A webhook as it came: bytes, headers and time, kept before it is answered (R18). */
export interface WebhookRow {
  readonly gateway: "toss";
  readonly raw: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly from?: string;
  readonly receivedAt: Instant;
  readonly state: "RECEIVED" | "APPLIED" | "IGNORED";
  readonly reason?: WebhookReason;
}

/** Why nothing was asked: silence is a decision, and this list is closed. */
export type WebhookReason =
  | "address_not_listed"
  | "not_readable"
  | "not_ours"
  | "wrong_secret"
  /** Nothing of that payment is open, so the gateway has nothing to tell. */
  | "nothing_open"
  | "read_again";

/** The request as the door keeps it for operations that must see it as it came. */
export type RawRequest = NonNullable<Caller["raw"]>;

const HEADER_PREFIX = "tosspayments-webhook-";
const HEADER_LENGTH_MAX = 300;
const TRANSMISSION_ID = /^[\w-]{1,100}$/;

/** The request as it came; where no door handed it on, the input stands in for it. */
export function rawOf(caller: Caller, input: unknown): RawRequest {
  return caller.raw ?? { body: JSON.stringify(input), headers: {} };
}

/** Only the gateway's own headers: a request may carry anything. */
export function ownHeaders(raw: RawRequest): Record<string, string> {
  const own = Object.entries(raw.headers).filter(([name]) => name.startsWith(HEADER_PREFIX));
  return Object.fromEntries(own.map(([name, value]) => [name, value.slice(0, HEADER_LENGTH_MAX)]));
}

/** What makes two deliveries the same one; undefined when the sender gave none that we would take as a key. */
export function transmissionIdOf(raw: RawRequest): string | undefined {
  const id = raw.headers[`${HEADER_PREFIX}transmission-id`];
  return id !== undefined && TRANSMISSION_ID.test(id) ? id : undefined;
}

/**
 * The hint in a body: whose payment it may be about, and the secret it claims to know. All three envelopes of §1.10.
 */
export function hintOf(text: string): { readonly reference?: string; readonly secret?: string } | undefined {
  const body = parsed(text);
  const data = parsedObject(body?.data) ?? body;
  if (!data) return undefined;
  const { orderId, secret } = data;
  return {
    ...(typeof orderId === "string" ? { reference: orderId } : {}),
    ...(typeof secret === "string" ? { secret } : {}),
  };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return parsedObject(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function parsedObject(value: unknown): Record<string, unknown> | undefined {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : undefined;
}
