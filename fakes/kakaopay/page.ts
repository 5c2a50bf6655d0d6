import { renderMessagePage, renderPaymentPage } from "../shared/html.ts";
import { type Call, html, type Reply, redirect, withParameters } from "../shared/serve.ts";
import type { KakaoState } from "./state.ts";

const gateway = "카카오페이";

/** The buyer's page behind the next_redirect URLs: GET /pay/:tid shows it, POST is a button. */
export function answerPage(call: Call, state: KakaoState): Reply {
  const tid = call.path.slice("/pay/".length);
  if (call.method === "GET") return showPage(tid, state);
  if (call.method === "POST") return pressButton(tid, new URLSearchParams(call.body).get("action"), state);
  return html(405, renderMessagePage(gateway, "지원하지 않는 요청입니다."));
}

function showPage(tid: string, state: KakaoState): Reply {
  const payment = state.open(tid);
  if (payment === undefined) return html(404, renderMessagePage(gateway, "진행할 수 있는 결제가 없습니다."));
  return html(
    200,
    renderPaymentPage({
      gateway,
      accent: "#fee500",
      onAccent: "#191919",
      orderName: payment.ready.item_name,
      orderId: payment.ready.partner_order_id,
      amountWon: payment.ready.total_amount,
      action: `/pay/${tid}`,
      hidden: {},
      payLabel: "결제하기",
      declineLabel: "결제 실패",
    }),
  );
}

function pressButton(tid: string, action: string | null, state: KakaoState): Reply {
  const payment = state.byTid(tid);
  if (payment === undefined) return html(404, renderMessagePage(gateway, "존재하지 않는 결제입니다."));
  const { approval_url, cancel_url, fail_url } = payment.ready;
  if (action === "pay") {
    const agreed = state.authenticate(tid);
    if ("error" in agreed) return redirect(fail_url);
    return redirect(withParameters(approval_url, { pg_token: agreed.pgToken! }));
  }
  const left = state.leave(tid, action === "cancel" ? "QUIT_PAYMENT" : "FAIL_PAYMENT");
  return redirect(action === "cancel" && !("error" in left) ? cancel_url : fail_url);
}
