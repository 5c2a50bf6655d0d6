import type { Won } from "#platform/core/money.ts";
import { type Instant, instant } from "#platform/core/time.ts";
import type { GatewayAnswer, GatewayView } from "../domain/gateway-answer.ts";
import type { Exchanged } from "./exchange.ts";
import type { PaymentRequest } from "./gateway.ts";

type Json = Readonly<Record<string, unknown>>;

// Gateways add fields without notice and leave nearly all of them empty at times: what is needed is asked for by name,
// and what is not there is undefined.
export function textOf(json: Json | undefined, name: string): string | undefined {
  const value = json?.[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function amountOf(json: Json | undefined, name: string): Won | undefined {
  const value = json?.[name];
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as Won) : undefined;
}

export function objectOf(json: Json | undefined, name: string): Json | undefined {
  const value = json?.[name];
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

export function listOf(json: Json | undefined, name: string): readonly Json[] {
  const value = json?.[name];
  return Array.isArray(value) ? value.filter((one): one is Json => typeof one === "object" && one !== null) : [];
}

/** A gateway's time as an instant; KakaoPay leaves the offset out and means Seoul (PAYMENT-GATEWAYS.md §2). */
export function timeOf(json: Json | undefined, name: string): Instant | undefined {
  const text = textOf(json, name);
  if (text === undefined) return undefined;
  const ms = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}+09:00`);
  return Number.isNaN(ms) ? undefined : instant(ms);
}

/** Leaves out what is undefined, for fields that are absent rather than empty. */
export function present<Fields extends object>(fields: Fields): { [Key in keyof Fields]?: NonNullable<Fields[Key]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

/** The first field in which an answer is not about what was asked (R9), or undefined when all agree. */
export function mismatchOf(request: PaymentRequest, view: GatewayView): "id" | "reference" | "amount" | undefined {
  if (view.gatewayPaymentId !== request.gatewayPaymentId) return "id";
  if (view.reference !== request.reference) return "reference";
  return view.amount === request.total ? undefined : "amount";
}

export function unknown(exchanged: Exchanged, code: string): GatewayAnswer {
  return { outcome: "unknown", code, evidence: { ...exchanged.evidence, outcome: "unknown", code } };
}

/** A view that was compared with what was asked: another payment's answer is no answer (F10). */
export function compared(request: PaymentRequest, exchanged: Exchanged, view: GatewayView | undefined): GatewayAnswer {
  if (!view) return unknown(exchanged, "GARBAGE");
  const mismatch = mismatchOf(request, view);
  if (mismatch) return unknown(exchanged, `MISMATCH_${mismatch.toUpperCase()}`);
  return { outcome: "done", view, evidence: { ...exchanged.evidence, outcome: "done" } };
}
