import { subtract, type Won, won } from "#platform/core/money.ts";
import type { GatewayAnswer, GatewayCall, GatewayView } from "../domain/gateway-answer.ts";
import { meaningOf } from "./error-table.ts";
import { createExchange, type Exchanged } from "./exchange.ts";
import type { Compartment, Gateway, PaymentRequest, WindowAnswer, WindowRequest } from "./gateway.ts";
import { kakaoPayErrors } from "./kakaopay-errors.ts";
import { amountOf, compared, listOf, objectOf, present, textOf, timeOf } from "./reading.ts";

export interface KakaoPayAccess {
  readonly cid: string;
  readonly secretKey: string;
}

type Json = Readonly<Record<string, unknown>>;

const STATES: Readonly<Record<string, GatewayView["state"]>> = {
  READY: "pending",
  SEND_TMS: "pending",
  OPEN_PAYMENT: "pending",
  SELECT_METHOD: "pending",
  ARS_WAITING: "pending",
  AUTH_PASSWORD: "pending",
  ISSUED_SID: "pending",
  SUCCESS_PAYMENT: "captured",
  PART_CANCEL_PAYMENT: "captured",
  CANCEL_PAYMENT: "captured",
  FAIL_AUTH_PASSWORD: "failed",
  QUIT_PAYMENT: "failed",
  FAIL_PAYMENT: "failed",
};

const PATHS = { ready: "ready", confirm: "approve", query: "order", cancel: "cancel" } as const;

/** KakaoPay's online payment (PAYMENT-GATEWAYS.md §2): no idempotency key, found again by its tid alone. */
export function createKakaoPay(access: KakaoPayAccess, compartment: Compartment): Gateway {
  const exchange = createExchange(compartment);
  const headers = { authorization: `SECRET_KEY ${access.secretKey}` };
  const { cid } = access;
  const send = (call: GatewayCall, body: Json): Promise<Exchanged> =>
    exchange.send({ call, method: "POST", path: `/online/v1/payment/${PATHS[call]}`, headers, body: { cid, ...body } });
  const ask = async (call: GatewayCall, request: PaymentRequest, body: Json): Promise<GatewayAnswer> =>
    answerOf(request, await send(call, { tid: request.gatewayPaymentId, ...body }));

  return {
    name: "kakaopay",
    capabilities: {
      whoMakesPaymentId: "gateway-before-redirect",
      lookupByMerchantReference: false,
      idempotency: { kind: "none" },
      cancelGuard: true,
      cancelPauseMs: 0,
      webhookAuth: "none",
    },
    isAvailable: exchange.isAvailable,
    openWindow: async (request) => windowOf(await send("ready", readyBody(request))),
    confirm: (request) =>
      ask("confirm", request, {
        partner_order_id: request.reference,
        partner_user_id: request.buyerId,
        pg_token: request.token ?? "",
        total_amount: request.total,
      }),
    query: (request) => ask("query", request, {}),
    cancel: (request) =>
      ask("cancel", request, {
        cancel_amount: request.amount,
        cancel_tax_free_amount: 0,
        // With it a resend after a lost answer fails instead of refunding twice.
        cancel_available_amount: request.guardAmount,
        payload: request.key,
      }),
    close: exchange.close,
  };
}

function readyBody(request: WindowRequest): Json {
  return {
    partner_order_id: request.reference,
    partner_user_id: request.buyerId,
    item_name: request.orderName.slice(0, 100),
    quantity: 1,
    total_amount: request.amount,
    tax_free_amount: 0,
    approval_url: request.successUrl,
    cancel_url: request.failUrl,
    fail_url: request.failUrl,
    ...(request.method === "MONEY" || request.method === "CARD" ? { payment_method_type: request.method } : {}),
  };
}

function windowOf(exchanged: Exchanged): WindowAnswer {
  const gatewayPaymentId = textOf(exchanged.json, "tid");
  const redirectUrl = textOf(exchanged.json, "next_redirect_pc_url");
  if (exchanged.status === 200 && gatewayPaymentId && redirectUrl) {
    return { outcome: "done", window: { kind: "redirect", gatewayPaymentId, redirectUrl } };
  }
  const code = codeOf(exchanged.json) ?? exchanged.failed ?? `HTTP_${exchanged.status}`;
  return { outcome: "unknown", code, evidence: { ...exchanged.evidence, outcome: "unknown", code } };
}

function answerOf(request: PaymentRequest, exchanged: Exchanged): GatewayAnswer {
  if (exchanged.status !== 200 || !exchanged.json) return meaningOf(kakaoPayErrors, exchanged, codeOf(exchanged.json));
  return compared(request, exchanged, viewOf(exchanged.json, exchanged.evidence.call));
}

function codeOf(json: Json | undefined): string | undefined {
  const code = json?.error_code;
  return Number.isSafeInteger(code) ? String(code) : undefined;
}

/** An approval carries no status: that it came, with an action id, is the status. */
function viewOf(json: Json, call: GatewayCall): GatewayView | undefined {
  const isApproval = call === "confirm" && textOf(json, "aid") !== undefined;
  const state = isApproval ? "captured" : STATES[textOf(json, "status") ?? ""];
  const gatewayPaymentId = textOf(json, "tid");
  const reference = textOf(json, "partner_order_id");
  const amount = amountOf(objectOf(json, "amount"), "total");
  if (!state || !gatewayPaymentId || !reference || amount === undefined) return undefined;
  const cancelledAmount = state === "captured" && !isApproval ? cancelledOf(json, amount) : won(0);
  if (cancelledAmount === undefined) return undefined;
  const lastCancel = listOf(json, "payment_action_details").findLast((one) => one.payment_action_type === "CANCEL");
  return {
    ...{ state, gatewayPaymentId, reference, amount, cancelledAmount },
    ...present({
      method: METHODS[textOf(json, "payment_method_type") ?? ""],
      approvedAt: timeOf(json, "approved_at"),
      transactionKey: call === "cancel" ? textOf(json, "aid") : textOf(lastCancel, "aid"),
    }),
  };
}

const METHODS: Readonly<Record<string, string>> = { CARD: "카카오페이 카드", MONEY: "카카오페이머니" };

/** What went back, from its own field or from what is left; one of the two is always there. */
function cancelledOf(json: Json, amount: Won): Won | undefined {
  const cancelled = amountOf(objectOf(json, "canceled_amount"), "total");
  if (cancelled !== undefined) return cancelled;
  const left = amountOf(objectOf(json, "cancel_available_amount"), "total");
  return left === undefined ? undefined : subtract(amount, left);
}
