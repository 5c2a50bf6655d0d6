import { renderMessagePage, renderPaymentPage } from "../shared/html.ts";
import { type Call, html, type Reply, redirect, withParameters } from "../shared/serve.ts";
import { isWon } from "../shared/won.ts";
import { messageOf } from "./errors.ts";
import type { TossState } from "./state.ts";

const gateway = "토스페이먼츠";
/** §1.2: 6 to 64 of these; the SDK text also allows "=". */
export const orderIdPattern = /^[A-Za-z0-9_=-]{6,64}$/;

/** The window that the browser SDK would open (§1.2): GET shows it and opens a READY session, POST is a button. */
export function answerPage(call: Call, state: TossState): Reply {
  if (call.method === "GET") return showPage(new URLSearchParams(call.query), state);
  if (call.method === "POST") return pressButton(new URLSearchParams(call.body), state);
  return html(405, renderMessagePage(gateway, "지원하지 않는 요청입니다."));
}

function showPage(query: URLSearchParams, state: TossState): Reply {
  const [orderId, orderName] = [query.get("orderId") ?? "", query.get("orderName") ?? ""];
  const [successUrl, failUrl] = [query.get("successUrl") ?? "", query.get("failUrl") ?? ""];
  const amount = Number(query.get("amount"));
  const wrong =
    (!/^test_g?ck_/.test(query.get("clientKey") ?? "") && "clientKey가 테스트 키가 아닙니다.") ||
    (!orderIdPattern.test(orderId) && "orderId는 영문, 숫자, -, _ 6~64자여야 합니다.") ||
    ((orderName === "" || orderName.length > 100) && "orderName은 1~100자여야 합니다.") ||
    (!isWon(amount) && "amount는 1원 이상의 정수여야 합니다.") ||
    (!(isWebUrl(successUrl) && isWebUrl(failUrl)) && "successUrl과 failUrl은 http(s) 주소여야 합니다.");
  if (wrong !== false) return html(400, renderMessagePage(gateway, wrong));
  const payment = state.open({ orderId, orderName, amount });
  return html(
    200,
    renderPaymentPage({
      gateway,
      accent: "#1b64da",
      onAccent: "#ffffff",
      orderName,
      orderId,
      amountWon: amount,
      action: "/pay",
      hidden: { paymentKey: payment.paymentKey, successUrl, failUrl },
      payLabel: "결제하기",
      declineLabel: "카드 거절",
    }),
  );
}

function pressButton(form: URLSearchParams, state: TossState): Reply {
  const [successUrl, failUrl] = [form.get("successUrl") ?? "", form.get("failUrl") ?? ""];
  const paymentKey = form.get("paymentKey") ?? "";
  const payment = state.byKey(paymentKey);
  if (payment === undefined || !isWebUrl(successUrl) || !isWebUrl(failUrl)) {
    return html(400, renderMessagePage(gateway, "결제 정보를 찾을 수 없습니다."));
  }
  const { orderId, totalAmount } = payment;
  const fail = (code: string): Reply => redirect(withParameters(failUrl, { code, message: messageOf(code), orderId }));
  const action = form.get("action");
  // The buyer who closes the window leaves the session READY: it expires later, and no webhook says "closed".
  if (action === "cancel") return fail("PAY_PROCESS_CANCELED");
  const code = action === "pay" ? undefined : "REJECT_CARD_COMPANY";
  const next = code === undefined ? state.authenticate(paymentKey) : state.abortInWindow(paymentKey, code);
  if ("code" in next) return fail("PAY_PROCESS_ABORTED");
  if (code !== undefined) return fail(code);
  return redirect(withParameters(successUrl, { paymentKey, orderId, amount: String(totalAmount) }));
}

function isWebUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
