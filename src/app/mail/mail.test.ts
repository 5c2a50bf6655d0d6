import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { instant } from "#platform/core/time.ts";
import { createMailer, type MailerOptions } from "#platform/jobs/mail.ts";
import type { Log, LogFields } from "#platform/telemetry/log.ts";
import { mailPage } from "./page.ts";
import { type Letter, type MailSink, startMailSink } from "./sink.ts";

const clock = { now: () => instant(1_795_000_000_000) };
const letter = { to: "buyer@madang.example", subject: "인증 코드", text: "코드는 482913 입니다.\n감사합니다." };

function listeningLog(): Log & { readonly lines: LogFields[] } {
  const lines: LogFields[] = [];
  const note = (fields: LogFields) => void lines.push(fields);
  return { debug: note, info: note, warn: note, error: note, lines };
}

function codes(log: { lines: LogFields[] }): string[] {
  return log.lines.map(({ code }) => code);
}

function mailerTo(smtpUrl: string, log: Log, more: Partial<MailerOptions> = {}) {
  const options = { smtpUrl, from: "마당 <no-reply@madang.example>", log, wait: (ms: number) => wait(ms) };
  return createMailer({ ...options, firstPauseMs: 5, ...more });
}

async function until(isTrue: () => boolean): Promise<void> {
  for (let waitedMs = 0; !isTrue(); waitedMs += 5) {
    assert.ok(waitedMs < 5_000, "it did not happen within 5 s");
    await wait(5);
  }
}

async function sinkFor(context: { after(end: () => Promise<void>): void }): Promise<MailSink> {
  const sink = await startMailSink({ clock, log: listeningLog() });
  context.after(() => sink.close());
  return sink;
}

/** A mail server that refuses: it says `greeting` to whoever comes and hangs up. */
async function refusingServer(greeting: string): Promise<{ smtpUrl: string; calls: () => number; close: () => void }> {
  let calls = 0;
  const server = createServer((socket: Socket) => {
    calls += 1;
    socket.on("error", () => socket.destroy());
    socket.end(`${greeting}\r\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return { smtpUrl: `smtp://127.0.0.1:${address.port}`, calls: () => calls, close: () => server.close() };
}

test("a letter travels over SMTP and can be read, in Korean, with its address and time", async (context) => {
  const sink = await sinkFor(context);
  const mailer = mailerTo(sink.smtpUrl, listeningLog());
  await mailer.mail(letter);
  await until(() => sink.letters().length === 1);
  const expected = { id: 1, receivedAt: clock.now(), from: "no-reply@madang.example", ...letter };
  assert.deepEqual(sink.letters()[0], expected);
  await mailer.close({ graceMs: 500 });
  assert.equal(mailer.waiting(), 0);
});

test("the sink keeps the last 500 letters", async (context) => {
  const sink = await sinkFor(context);
  const mailer = mailerTo(sink.smtpUrl, listeningLog());
  for (let count = 1; count <= 505; count++) await mailer.mail({ ...letter, subject: `${count}` });
  await until(() => mailer.waiting() === 0);
  assert.equal(sink.letters().length, 500);
  assert.equal(sink.letters()[0]?.id, 6);
  await mailer.close({ graceMs: 500 });
});

test("a letter above 1 MiB is refused, and the sink goes on", async (context) => {
  const sink = await sinkFor(context);
  const log = listeningLog();
  const mailer = mailerTo(sink.smtpUrl, log);
  await mailer.mail({ ...letter, text: "가".repeat(500_000) });
  await until(() => mailer.waiting() === 0);
  assert.deepEqual(codes(log), ["mail.dropped"]);
  await mailer.mail(letter);
  await until(() => sink.letters().length === 1);
  await mailer.close({ graceMs: 500 });
});

test("commas and line breaks in an address or subject make neither a second reader nor a header", async (context) => {
  const sink = await sinkFor(context);
  const log = listeningLog();
  const mailer = mailerTo(sink.smtpUrl, log);
  await mailer.mail({ to: "a@x.example, b@x.example", subject: "one\r\nBcc: c@x.example", text: "x" });
  await until(() => mailer.waiting() === 0);
  for (const { to } of sink.letters()) assert.doesNotMatch(to, /c@x\.example|, /);
  await mailer.close({ graceMs: 500 });
});

test("a server that is not there now is tried again until it is", async (context) => {
  const sink = await sinkFor(context);
  const port = new URL(sink.smtpUrl).port;
  await sink.close();
  const log = listeningLog();
  const mailer = mailerTo(sink.smtpUrl, log, { firstPauseMs: 50 });
  await mailer.mail(letter);
  await until(() => codes(log).includes("mail.retried"));
  const again = await startMailSink({ clock, log, smtpPort: Number(port) });
  context.after(() => again.close());
  await until(() => again.letters().length === 1);
  await mailer.close({ graceMs: 500 });
});

test("a passing no is repeated a bounded number of times, a definite no never", async (context) => {
  for (const { greeting, tries } of [
    { greeting: "421 later", tries: 3 },
    { greeting: "554 never", tries: 1 },
  ]) {
    const server = await refusingServer(greeting);
    context.after(server.close);
    const log = listeningLog();
    const mailer = mailerTo(server.smtpUrl, log, { triesMax: 3 });
    await mailer.mail(letter);
    await until(() => mailer.waiting() === 0);
    assert.equal(server.calls(), tries, greeting);
    assert.equal(codes(log).at(-1), "mail.dropped");
    assert.doesNotMatch(JSON.stringify(log.lines), /buyer@|482913/, "a log names neither the address nor the code");
    await mailer.close({ graceMs: 100 });
  }
});

test("one letter more than the queue holds is dropped and the caller hears nothing of it", async (context) => {
  const server = await refusingServer("421 later");
  context.after(server.close);
  const log = listeningLog();
  const mailer = mailerTo(server.smtpUrl, log, { queueMax: 2, firstPauseMs: 1_000 });
  for (let count = 0; count < 3; count++) await mailer.mail(letter);
  assert.equal(mailer.waiting(), 2);
  assert.deepEqual(codes(log), ["mail.dropped"]);
  await until(() => codes(log).filter((code) => code === "mail.retried").length === 2);
  await mailer.close({ graceMs: 50 });
  assert.deepEqual(log.lines.at(-1), { code: "mail.dropped", waiting: 2 });
  const before = log.lines.length;
  await mailer.mail(letter);
  assert.equal(log.lines.length, before + 1);
});

const kept = (id: number, text: string, subject = "제목"): Letter => {
  return { id, receivedAt: clock.now(), from: "no-reply@madang.example", to: "a@x.example", subject, text };
};

test("the page lists the newest first, with the code in a field of its own", () => {
  const html = mailPage([kept(1, "처음"), kept(2, "코드는 482913 입니다")]);
  assert.ok(html.indexOf("letter-2") < html.indexOf("letter-1"));
  assert.match(html, /<input class="code" readonly size="8" value="482913" aria-label="인증 코드 \(code\)">/);
  assert.match(html, /<html lang="ko">/);
});

test("an invitation's token stands in one field, whole", () => {
  const token = "inv_01jd7x0000000000000000toke.bS527oChqunrgsG3Nc_DkhAy0epNEVdMTCdgEAA-J40";
  const html = mailPage([kept(1, `초대 코드: ${token}\n감사합니다.`)]);
  assert.deepEqual(
    [...html.matchAll(/class="code"[^>]*value="([^"]*)"/g)].map(([, value]) => value),
    [token],
  );
});

test("the page shows what a letter says and runs nothing of it", () => {
  const html = mailPage([kept(1, `<script>alert("1")</script> https://x.example/?a=1&b="><img>`, "<b>굵게</b>")]);
  assert.doesNotMatch(html, /<script|<img|<b>/);
  assert.match(html, /&lt;script&gt;/);
  assert.match(html, /<a href="https:\/\/x\.example\/\?a=1&amp;b=" rel="noreferrer">/);
});

test("the page renews itself until its reader turns that off, and says when there is nothing", () => {
  assert.match(mailPage([]), /http-equiv="refresh"[\s\S]*아직 편지가 없습니다/);
  assert.doesNotMatch(mailPage([], { isLive: false }), /http-equiv="refresh"/);
});
