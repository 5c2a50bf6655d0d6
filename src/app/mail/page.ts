import type { Letter } from "./sink.ts";

const STYLE = `
:root { color-scheme: light dark; font-family: system-ui, "Apple SD Gothic Neo", "Noto Sans KR", sans-serif; }
body { max-width: 44rem; margin: 0 auto; padding: 1.5rem 1rem; line-height: 1.6; }
article { margin: 1rem 0; padding: 1rem 1.25rem; border: 1px solid #8b95a1; border-radius: .75rem; }
h1 { font-size: 1.4rem; } h2 { margin: 0 0 .25rem; font-size: 1.1rem; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 0 .75rem; margin: 0 0 .75rem; }
dd { margin: 0; overflow-wrap: anywhere; }
pre { margin: 0; font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; }
.code { font: 600 1.3rem ui-monospace, monospace; letter-spacing: .1em; padding: .25rem .5rem; max-width: 100%;
  margin-bottom: .75rem; border: 2px solid #3182f6; border-radius: .5rem; field-sizing: content; }
:focus-visible { outline: 3px solid #3182f6; outline-offset: 2px; }
`;
const REFRESH_S = 5;
const seoulTime = new Intl.DateTimeFormat("ko-KR", { timeZone: "Asia/Seoul", dateStyle: "long", timeStyle: "medium" });

/**
 * The page of the built-in mail sink, newest letter first. A code stands in a field that is selected whole when it gets
 * the keyboard's focus, so it is copied without a script. The page renews itself, unless its reader turns that off.
 */
export function mailPage(letters: readonly Letter[], { isLive = true }: { isLive?: boolean } = {}): string {
  const newest = [...letters].sort((one, other) => other.id - one.id);
  const list =
    newest.map(letterHtml).join("\n") || `<p>아직 편지가 없습니다. <span lang="en">No letters yet.</span></p>`;
  const turn = isLive
    ? `<a href="?refresh=off">자동 새로고침 끄기 <span lang="en">Stop refreshing</span></a>`
    : `<a href="?">자동 새로고침 켜기 <span lang="en">Refresh every ${REFRESH_S} s</span></a>`;
  return `<!doctype html>
<html lang="ko">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${isLive ? `<meta http-equiv="refresh" content="${REFRESH_S}">` : ""}
<title>마당 우편함 (${newest.length})</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>마당 우편함 <span lang="en">Mail sink</span></h1>
<p>보낸 메일이 밖으로 나가지 않고 여기 모입니다. <span lang="en">Mail is not delivered; it is kept here.</span></p>
<p>${turn}</p>
</header>
<main>
${list}
</main>
</body>
</html>
`;
}

function letterHtml({ id, receivedAt, from, to, subject, text }: Letter): string {
  const codes = codesIn(text).map(
    (code) =>
      `<input class="code" readonly size="${code.length + 2}" value="${escapeHtml(code)}" aria-label="인증 코드 (code)">`,
  );
  const at = seoulTime.format(Date.parse(receivedAt));
  return `<article aria-labelledby="letter-${id}">
<h2 id="letter-${id}">${escapeHtml(subject) || "(제목 없음)"}</h2>
<dl>
<dt>받는 사람 <span lang="en">To</span></dt><dd>${escapeHtml(to)}</dd>
<dt>보낸 사람 <span lang="en">From</span></dt><dd>${escapeHtml(from)}</dd>
<dt>시각 <span lang="en">At</span></dt><dd><time datetime="${receivedAt}">${at}</time></dd>
</dl>
${codes.join("\n")}
<pre>${linked(text)}</pre>
</article>`;
}

/** What a reader came to copy: numbers of 4 to 8 digits, and tokens of 20 letters or more, outside of links. */
function codesIn(text: string): readonly string[] {
  const outsideLinks = text.replaceAll(/https?:\/\/\S+/g, " ");
  const found = outsideLinks.match(/(?<![\w.-])(\d{4,8}|[\w-][\w.-]{18,}[\w-])(?![\w-])/g) ?? [];
  return [...new Set(found)];
}

/** Escapes the text and makes its web addresses clickable. */
function linked(text: string): string {
  const parts = text.split(/(https?:\/\/[^\s<>"']+)/);
  return parts.map((part, at) => (at % 2 === 0 ? escapeHtml(part) : link(escapeHtml(part)))).join("");
}

function link(escaped: string): string {
  return `<a href="${escaped}" rel="noreferrer">${escaped}</a>`;
}

function escapeHtml(text: string): string {
  const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replaceAll(/[&<>"']/g, (character) => names[character]!);
}
