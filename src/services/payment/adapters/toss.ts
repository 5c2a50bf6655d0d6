import { hash } from "node:crypto";
import { subtract } from "#platform/core/money.ts";
import type { GatewayAnswer, GatewayCall, GatewayView } from "../domain/gateway-answer.ts";
import { meaningOf } from "./error-table.ts";
import { createExchange, type Exchanged, type GatewayRequest } from "./exchange.ts";
import type { CancelRequest, Compartment, ConfirmRequest, Gateway, PaymentRequest, WindowRequest } from "./gateway.ts";
import { amountOf, compared, listOf, objectOf, present, textOf, timeOf, unknown } from "./reading.ts";
import { tossErrors } from "./toss-errors.ts";

export interface TossAccess {
  readonly clientKey: string;
  readonly secretKey: string;
  /** A page that opens the payment window without the SDK: the fake has one. */
  readonly pageUrl: string;
}

const STATES: Readonly<Record<string, GatewayView["state"]>> = {
  READY: "pending",
  IN_PROGRESS: "pending",
  WAITING_FOR_DEPOSIT: "pending",
  DONE: "captured",
  PARTIAL_CANCELED: "captured",
  CANCELED: "captured",
  ABORTED: "failed",
  EXPIRED: "failed",
};

/** Toss Payments (PAYMENT-GATEWAYS.md §1): confirm, look up by key or by our order id, cancel whole or in part. */
export function createToss(access: TossAccess, compartment: Compartment): Gateway {
  const exchange = createExchange(compartment);
  // The colon after the key is required; nothing may follow it (§1.1).
  const authorization = `Basic ${Buffer.from(`${access.secretKey}:`).toString("base64")}`;
  const send = (request: Omit<GatewayRequest, "headers">, key?: string): Promise<Exchanged> =>
    exchange.send({ ...request, headers: { authorization, ...(key === undefined ? {} : { "idempotency-key": key }) } });
  const ask = async (request: PaymentRequest, path: string): Promise<GatewayAnswer> =>
    answerOf(request, await send({ call: "query", method: "GET", path: `/v1/payments/${path}` }));

  return {
    name: "toss",
    capabilities: {
      whoMakesPaymentId: "gateway-in-window",
      lookupByMerchantReference: true,
      idempotency: { kind: "header", ttlMs: 15 * 24 * 60 * 60 * 1000 },
      cancelGuard: true,
      // A second is the rule (§1.6); a tenth more, as the two clocks may round differently.
      cancelPauseMs: 1_100,
      webhookAuth: "none",
    },
    isAvailable: exchange.isAvailable,
    async openWindow(request) {
      const window = { kind: "parameters" as const, clientKey: access.clientKey, pageUrl: pageOf(access, request) };
      return { outcome: "done", window };
    },
    async confirm(request: ConfirmRequest) {
      const { gatewayPaymentId: paymentKey, reference: orderId, total: amount } = request;
      const body = { paymentKey, orderId, amount };
      const exchanged = await send(
        { call: "confirm", method: "POST", path: "/v1/payments/confirm", body },
        request.key,
      );
      return answerOf(request, exchanged);
    },
    async query(request) {
      const byKey = await ask(request, encodeURIComponent(request.gatewayPaymentId));
      const isUnsure = byKey.outcome === "refused" || (byKey.outcome === "unknown" && isMismatch(byKey.code));
      if (!isUnsure) return byKey;
      // The key came with the buyer's browser; our order id is what a capture of ours must stand under.
      const byReference = await ask(request, `orders/${encodeURIComponent(request.reference)}`);
      // Another window of the same reference: it was never confirmed by us, so the no about our key still stands.
      const isAnotherWindow = byReference.outcome === "unknown" && byReference.code === "MISMATCH_ID";
      return isAnotherWindow && byKey.outcome === "refused" ? byKey : byReference;
    },
    async cancel(request: CancelRequest) {
      const path = `/v1/payments/${encodeURIComponent(request.gatewayPaymentId)}/cancel`;
      const body = {
        cancelReason: request.reason.slice(0, 200),
        cancelAmount: request.amount,
        refundableAmount: request.guardAmount,
      };
      return answerOf(request, await send({ call: "cancel", method: "POST", path, body }, request.key));
    },
    close: exchange.close,
  };
}

function pageOf(access: TossAccess, request: WindowRequest): string {
  const page = new URL(access.pageUrl);
  const { reference: orderId, orderName, successUrl, failUrl } = request;
  const parameters = { clientKey: access.clientKey, orderId, orderName, amount: String(request.amount) };
  for (const [name, value] of Object.entries({ ...parameters, successUrl, failUrl }))
    page.searchParams.set(name, value);
  return page.href;
}

function isMismatch(code: string): boolean {
  return code.startsWith("MISMATCH_");
}

function answerOf(request: PaymentRequest, exchanged: Exchanged): GatewayAnswer {
  if (exchanged.status !== 200 || !exchanged.json) {
    return meaningOf(tossErrors, exchanged, textOf(exchanged.json, "code"));
  }
  const currency = textOf(exchanged.json, "currency");
  if (currency !== undefined && currency !== "KRW") return unknown(exchanged, "MISMATCH_CURRENCY");
  return compared(request, exchanged, viewOf(exchanged.json, exchanged.evidence.call));
}

/** The Payment object (§1.5): nearly everything in it may be null. What is left to cancel counts, never the status. */
function viewOf(json: Readonly<Record<string, unknown>>, call: GatewayCall): GatewayView | undefined {
  const state = STATES[textOf(json, "status") ?? ""];
  const gatewayPaymentId = textOf(json, "paymentKey");
  const reference = textOf(json, "orderId");
  const amount = amountOf(json, "totalAmount");
  const balance = amountOf(json, "balanceAmount");
  if (!state || !gatewayPaymentId || !reference || amount === undefined || balance === undefined) return undefined;
  // A spoilt amount would come out negative: leave it to the comparison to say so.
  const cancelledAmount = subtract(amount, balance);
  const transactionKey = textOf(listOf(json, "cancels").at(-1), "transactionKey");
  return {
    ...{ state, gatewayPaymentId, reference, amount, cancelledAmount },
    ...present({
      method: textOf(json, "method"),
      approvedAt: timeOf(json, "approvedAt"),
      receiptUrl: textOf(objectOf(json, "receipt"), "url"),
      transactionKey: call === "confirm" ? undefined : transactionKey,
      failureCode: textOf(objectOf(json, "failure"), "code"),
      secretHash: hashed(textOf(json, "secret")),
    }),
  };
}

function hashed(secret: string | undefined): string | undefined {
  return secret === undefined ? undefined : hash("sha256", secret);
}
