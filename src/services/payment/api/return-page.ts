import type { Static } from "typebox";
import type { paymentStatus } from "#contracts/payment/buyer-operations.ts";
import type { Shown } from "#platform/service.ts";

type Status = Static<typeof paymentStatus>;
type Words = { readonly ko: readonly [title: string, next: string]; readonly en: readonly [string, string] };
interface Returned {
  readonly paymentId: string;
  readonly status: Status;
  readonly orderId?: string;
  readonly amount?: number;
}

const open: Words = {
  ko: ["결제하지 않았습니다", "주문 화면으로 돌아가 결제를 다시 시작할 수 있습니다."],
  en: ["Nothing was paid", "You can go back to your order and start the payment again."],
};
const unknown: Words = {
  ko: ["결제를 확인하고 있습니다", "다시 결제하지 마시고, 잠시 뒤에 주문 화면에서 결과를 확인해 주세요."],
  en: ["The payment is being checked", "Please do not pay again; look at your order in a moment."],
};
const paid: Words = {
  ko: ["결제가 완료되었습니다", "이 창을 닫고 주문을 확인해 주세요."],
  en: ["The payment is complete", "You can close this window and look at your order."],
};
const over: Words = {
  ko: ["취소된 결제입니다", "받은 금액은 결제한 수단으로 돌려드립니다."],
  en: ["The payment was cancelled", "What was paid goes back the way it came."],
};
const WORDS: Readonly<Record<Status, Words>> = {
  ...{ READY: open, FAILED: open, EXPIRED: open, IN_PROGRESS: unknown, UNKNOWN: unknown, APPROVED: paid },
  ...{ CANCEL_IN_PROGRESS: over, PARTIALLY_CANCELLED: over, CANCELLED: over },
};
const STYLE = `
:root { color-scheme: light dark; font-family: system-ui, "Apple SD Gothic Neo", "Noto Sans KR", sans-serif; }
main { max-width: 32rem; margin: 15vh auto 0; padding: 1.5rem 1rem; line-height: 1.6; }
h1 { font-size: 1.5rem; } dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem; }
dd { margin: 0; overflow-wrap: anywhere; }`;

/** What a buyer sees who comes back from the payment window. Its address holds the gateway's key; the page does not. */
export function returnPage(shown: Shown<Returned>, locale: "ko" | "en"): string {
  const isKorean = locale === "ko";
  if ("problem" in shown) {
    const next = isKorean
      ? "주문 화면에서 결제 상태를 확인해 주세요."
      : "Please look at your order to see its payment.";
    return page(locale, [shown.problem.detail, next], [[isKorean ? "코드" : "Code", shown.problem.code]]);
  }
  const { orderId, amount, status } = shown.answer;
  const rows: [string, string][] = [[isKorean ? "상태" : "State", status]];
  if (amount !== undefined) rows.push([isKorean ? "금액" : "Amount", `${amount.toLocaleString("en")} ₩`]);
  if (orderId !== undefined) rows.push([isKorean ? "주문" : "Order", orderId]);
  return page(locale, WORDS[status][locale], rows);
}

function page(locale: string, [title, next]: readonly [string, string], rows: readonly [string, string][]): string {
  const list = rows.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join("");
  return `<!doctype html>
<html lang="${locale}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · 마당</title><style>${STYLE}</style></head>
<body><main>
<h1 role="status">${escapeHtml(title)}</h1>
<p>${escapeHtml(next)}</p>
<dl>${list}</dl>
</main></body>
</html>
`;
}

function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replaceAll(/[&<>"]/g, (character) => names[character] ?? character);
}
