import type { Random } from "#platform/core/ids.ts";

/** Only version 00 is read: later ones may be longer, and this is all we pass on (W3C Trace Context, §3.2). */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const REQUEST_ID = /^req_[0-9a-hjkmnp-tv-z]{26}$/;
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const PAIRS = Array.from({ length: 1024 }, (_, bits) => `${ALPHABET[bits >>> 5]}${ALPHABET[bits & 31]}`);

/** Ids that name a request in logs and headers. They protect nothing, so they need to be unique, not secret. */
export interface TraceIds {
  requestId(): string;
  /** A trace of our own: a new trace id and a new span id. */
  traceparent(): string;
  /** The caller's trace goes on with a span id of ours. */
  childOf(traceparent: string): string;
}

export function isTraceparent(value: unknown): value is string {
  return typeof value === "string" && TRACEPARENT.test(value);
}

export function isRequestId(value: unknown): value is string {
  return typeof value === "string" && REQUEST_ID.test(value);
}

export function traceIdOf(traceparent: string): string {
  return traceparent.slice(3, 35);
}

/**
 * Seeds a fast generator once, as asking the kernel for each request costs more than the rest of the request's set-up.
 */
export function makeTraceIds(random: Random): TraceIds {
  const next = xoshiro128(random);
  const word = () => {
    const bits = next();
    return `${HEX[bits >>> 24]}${HEX[(bits >>> 16) & 255]}${HEX[(bits >>> 8) & 255]}${HEX[bits & 255]}`;
  };
  const six = () => {
    const bits = next();
    return `${PAIRS[bits & 1023]}${PAIRS[(bits >>> 10) & 1023]}${PAIRS[(bits >>> 20) & 1023]}`;
  };
  // The span id's first word is made odd, so that it can never be the forbidden all-zero id.
  const span = () => `${HEX[(next() & 255) | 1]}${word().slice(2)}${word()}`;
  return {
    requestId: () => `req_${six()}${six()}${six()}${six()}${PAIRS[next() & 1023]}`,
    traceparent: () => `00-${HEX[(next() & 255) | 1]}${word().slice(2)}${word()}${word()}${word()}-${span()}-01`,
    childOf: (traceparent) => `${traceparent.slice(0, 36)}${span()}${traceparent.slice(52)}`,
  };
}

/** xoshiro128** by Blackman and Vigna: 32 bits a call, period 2^128 - 1. */
function xoshiro128(random: Random): () => number {
  const seed = random.bytes(16);
  const view = new DataView(seed.buffer, seed.byteOffset, 16);
  let a = view.getUint32(0);
  let b = view.getUint32(4);
  let c = view.getUint32(8);
  let d = view.getUint32(12) | 1;
  return () => {
    const scrambled = Math.imul(b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };
}
