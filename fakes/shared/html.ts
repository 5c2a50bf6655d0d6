/** Makes a text safe inside HTML, in elements and in quoted attributes. */
export function escapeHtml(text: string): string {
  const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (character) => names[character]!);
}

export type PaymentPage = {
  /** Name of the gateway as a person reads it. */
  gateway: string;
  /** The gateway's colour and the colour of text on it; the pair must keep a contrast of 4.5 : 1. */
  accent: string;
  onAccent: string;
  orderName: string;
  orderId: string;
  amountWon: number;
  /** Where the form is posted to, and what it carries besides the button. */
  action: string;
  hidden: Record<string, string>;
  payLabel: string;
  declineLabel: string;
};

const style = (page: { accent: string; onAccent: string }) => `
:root { color-scheme: light; font-family: system-ui, "Apple SD Gothic Neo", "Noto Sans KR", sans-serif; }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; background: #f2f4f6; color: #191f28; line-height: 1.5; }
.fake { margin: 0; padding: 10px 16px; background: #191f28; color: #fff; text-align: center; font-size: .875rem; }
main { max-width: 420px; margin: 0 auto; padding: 24px 16px; }
section { padding: 24px 20px; background: #fff; border-radius: 16px; }
h1 { margin: 0 0 20px; font-size: 1.25rem; }
dl { margin: 0 0 24px; display: grid; grid-template-columns: auto 1fr; gap: 8px 16px; }
dt { color: #4e5968; }
dd { margin: 0; text-align: right; overflow-wrap: anywhere; }
.amount { font-size: 1.5rem; font-weight: 700; }
button { display: block; width: 100%; min-height: 52px; margin-top: 10px; border: 1px solid #8b95a1;
  border-radius: 12px; background: #fff; color: #191f28; font: inherit; font-weight: 600; cursor: pointer; }
button.pay { border-color: transparent; background: ${page.accent}; color: ${page.onAccent}; }
button:focus-visible { outline: 3px solid #191f28; outline-offset: 2px; }
`;

/** The buyer's page: one form, three buttons, no script. It says in the first line that it is a fake. */
export function renderPaymentPage(page: PaymentPage): string {
  const hidden = Object.entries(page.hidden)
    .map(([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`)
    .join("\n");
  return document(
    `${page.gateway} 결제`,
    page,
    `<h1 id="title">${escapeHtml(page.gateway)} 결제</h1>
<dl>
<dt>상품</dt><dd>${escapeHtml(page.orderName)}</dd>
<dt>주문번호</dt><dd>${escapeHtml(page.orderId)}</dd>
<dt>결제금액</dt><dd class="amount">${page.amountWon.toLocaleString("ko-KR")}원</dd>
</dl>
<form method="post" action="${escapeHtml(page.action)}">
${hidden}
<button class="pay" name="action" value="pay">${escapeHtml(page.payLabel)}</button>
<button name="action" value="decline">${escapeHtml(page.declineLabel)}</button>
<button name="action" value="cancel">취소</button>
</form>`,
  );
}

/** A page that only says something, such as why no payment can be made. */
export function renderMessagePage(gateway: string, message: string): string {
  const colours = { accent: "#191f28", onAccent: "#ffffff" };
  const content = `<h1 id="title">${escapeHtml(gateway)}</h1><p role="alert">${escapeHtml(message)}</p>`;
  return document(`${gateway} 안내`, colours, content);
}

const levers = [
  ["/fake/truth", "오간 돈 전부", "all money that moved"],
  ["/fake/calls", "받은 요청의 수", "how often each operation was asked for"],
  ["/fake/faults", "주문된 고장", "the faults ordered"],
  ["/fake/clock", "여기의 시각", "the time here"],
] as const;

/** What a person sees who opens the fake's address: what it is, and what can be looked at. */
export function renderHomePage(): string {
  const rows = levers.map(([path, ko, en]) => `<dt><a href="${path}">${path}</a></dt><dd>${ko} · ${en}</dd>`);
  const colours = { accent: "#191f28", onAccent: "#ffffff" };
  const about = `<p>결제창은 결제를 시작할 때 받는 pageUrl로 열립니다. 고장을 주문하는 법은 fakes/README.md에 있습니다.<br>
<span lang="en">A payment's window opens at the pageUrl that starting it gives. fakes/README.md says how to order faults.</span></p>`;
  return document("결제사", colours, `<h1 id="title">가짜 결제사</h1>${about}<dl>${rows.join("")}</dl>`);
}

function document(title: string, colours: { accent: string; onAccent: string }, content: string): string {
  return `<!doctype html>
<html lang="ko">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} (가짜)</title>
<style>${style(colours)}</style>
</head>
<body>
<p class="fake" role="note">가짜(FAKE) 결제창입니다. 실제 돈은 움직이지 않습니다. <span lang="en">No real money moves.</span></p>
<main><section aria-labelledby="title">
${content}
</section></main>
</body>
</html>
`;
}
