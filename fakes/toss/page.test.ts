import assert from "node:assert/strict";
import { test } from "node:test";
import { ask } from "../shared/testing.ts";
import { tossFor } from "./testing.ts";

const query = new URLSearchParams({
  clientKey: "test_ck_madang",
  orderId: "order-1",
  orderName: `김밥 <b>2</b> "줄"`,
  amount: "12000",
  successUrl: "http://localhost:3000/pay/success?from=toss",
  failUrl: "http://localhost:3000/pay/fail",
});

async function openPage(url: string) {
  const page = await ask(`${url}/pay?${query}`);
  const paymentKey = /name="paymentKey" value="([^"]+)"/.exec(page.text)?.[1] ?? "";
  const press = async (action: string) => {
    const form = { paymentKey, action, successUrl: query.get("successUrl")!, failUrl: query.get("failUrl")! };
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const { status, headers: answered } = await ask(`${url}/pay`, { body: `${new URLSearchParams(form)}`, headers });
    return { status, location: new URL(answered.get("location") ?? "http://none") };
  };
  return { page, paymentKey, press };
}

test("the page says that it is a fake, shows what is paid for, and has three buttons", async (t) => {
  const { toss } = await tossFor(t);
  const { page } = await openPage(toss.url);
  assert.equal(page.status, 200);
  assert.match(page.headers.get("content-type") ?? "", /^text\/html/);
  assert.match(page.text, /<html lang="ko">/);
  for (const text of ["가짜\\(FAKE\\)", "12,000원", "order-1", "결제하기", "카드 거절", "취소"]) {
    assert.match(page.text, new RegExp(text));
  }
  assert.match(page.text, /김밥 &lt;b&gt;2&lt;\/b&gt; &quot;줄&quot;/);
  assert.equal(page.text.match(/<button/g)?.length, 3);
});

test("paying leads to the success URL with a key that can be confirmed", async (t) => {
  const { toss, merchant } = await tossFor(t);
  const { paymentKey, press } = await openPage(toss.url);
  const { status, location } = await press("pay");
  assert.equal(status, 303);
  assert.equal(location.pathname, "/pay/success");
  assert.deepEqual(Object.fromEntries(location.searchParams), {
    from: "toss",
    paymentKey,
    orderId: "order-1",
    amount: "12000",
  });
  assert.equal(
    (await merchant.confirm({ paymentKey, orderId: "order-1", amount: 12_000 })).value.orderName,
    query.get("orderName"),
  );
});

test("a refused card leads to the fail URL and ends the payment", async (t) => {
  const { toss, merchant } = await tossFor(t);
  const { paymentKey, press } = await openPage(toss.url);
  const { location } = await press("decline");
  assert.deepEqual([location.pathname, location.searchParams.get("code")], ["/pay/fail", "REJECT_CARD_COMPANY"]);
  assert.equal((await merchant.get(paymentKey)).value.status, "ABORTED");
  assert.equal((await press("pay")).location.searchParams.get("code"), "PAY_PROCESS_ABORTED");
});

test("closing the window leads to the fail URL and leaves the session to expire", async (t) => {
  const { toss, merchant } = await tossFor(t);
  const { paymentKey, press } = await openPage(toss.url);
  assert.equal((await press("cancel")).location.searchParams.get("code"), "PAY_PROCESS_CANCELED");
  assert.equal((await merchant.get(paymentKey)).value.status, "READY");
  toss.clock.advance(30 * 60 * 1000);
  assert.equal((await merchant.get(paymentKey)).value.status, "EXPIRED");
});

test("a page asked for wrongly says what is wrong and opens nothing", async (t) => {
  const { toss } = await tossFor(t);
  const wrongs = { amount: "-1", orderId: "x", failUrl: "javascript:alert(1)", clientKey: "live_ck_x", orderName: "" };
  for (const [name, value] of Object.entries(wrongs)) {
    const wrong = new URLSearchParams(query);
    wrong.set(name, value);
    const page = await ask(`${toss.url}/pay?${wrong}`);
    assert.equal(page.status, 400);
    assert.match(page.text, /role="alert"/);
  }
});

test("whoever opens the address itself sees what this is, without a key", async (t) => {
  const { toss } = await tossFor(t);
  const { status, text } = await ask(`${toss.url}/`);
  assert.equal(status, 200);
  assert.match(text, /가짜 결제사[\s\S]*href="\/fake\/truth"/);
});
