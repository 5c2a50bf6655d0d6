import assert from "node:assert/strict";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { ask } from "../shared/testing.ts";
import type { FakeTossOptions } from "./server.ts";
import { tossFor } from "./testing.ts";
import { retryMinutes } from "./webhooks.ts";

// biome-ignore lint/suspicious/noExplicitAny: the test names the fields that it expects of a webhook.
type Received = { headers: IncomingHttpHeaders; body: any; atMs: number };

/** A merchant's webhook address that answers with `statuses` in turn, then 200. */
async function shop(test: TestContext, options: { statuses?: number[] } & FakeTossOptions = {}) {
  const received: Received[] = [];
  const statuses = [...(options.statuses ?? [])];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(chunks).toString());
      received.push({ headers: request.headers, body, atMs: performance.now() });
      response.writeHead(statuses.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  test.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const webhookUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/toss`;
  const arrived = async (count: number): Promise<Received[]> => {
    const untilMs = performance.now() + 3_000;
    while (received.length < count && performance.now() < untilMs) await pause(5);
    return received;
  };
  return { ...(await tossFor(test, { webhookUrl, ...options })), received, arrived, webhookUrl };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test("a status change arrives in envelope (a) with its headers", async (t) => {
  const { paid, arrived } = await shop(t, { now: () => Date.UTC(2026, 10, 21, 12, 0, 0, 123) });
  const { paymentKey } = await paid("order-1");
  const [webhook] = await arrived(1);
  assert.equal(webhook?.body.eventType, "PAYMENT_STATUS_CHANGED");
  assert.equal(webhook?.body.createdAt, "2026-11-21T21:00:00.123000");
  assert.deepEqual([webhook?.body.data.paymentKey, webhook?.body.data.status], [paymentKey, "DONE"]);
  assert.match(String(webhook?.headers["tosspayments-webhook-transmission-id"]), /^whtrans_/);
  assert.equal(webhook?.headers["tosspayments-webhook-transmission-retried-count"], "0");
  assert.equal(webhook?.headers["tosspayments-webhook-transmission-time"], "2026-11-21T12:00:00.123Z");
});

test("cancel, part cancel, decline and expiry are told as well", async (t) => {
  const { toss, merchant, paid, arrived } = await shop(t);
  await merchant.cancel((await paid("order-1")).paymentKey);
  await merchant.cancel((await paid("order-2")).paymentKey, { cancelAmount: 1_000 });
  await merchant.fault({ operation: "confirm", kind: "decline:REJECT_CARD_PAYMENT" });
  await paid("order-3");
  toss.authorize({ orderId: "order-4", amount: 1_000 });
  await ask(`${toss.url}/fake/clock`, { body: { advanceMs: 10 * 60 * 1000 } });
  const statuses = (await arrived(6)).map(({ body }) => `${body.data.orderId} ${body.data.status}`);
  const expected = ["order-1 DONE", "order-1 CANCELED", "order-2 DONE", "order-2 PARTIAL_CANCELED"];
  assert.deepEqual(statuses.sort(), [...expected, "order-3 ABORTED", "order-4 EXPIRED"].sort());
});

test("anything but 200 is sent again after 1, 4, 16 … minutes, seven times, then no more", async (t) => {
  const nowMs = 1_800_000_000_000;
  const { toss, paid, arrived, received } = await shop(t, {
    now: () => nowMs,
    statuses: [500, 404, 302, 201, 204, 500, 500, 500, 500],
  });
  const reached = async (state: string) => {
    for (let tries = 0; tries < 500 && toss.webhooks.list()[0]?.state !== state; tries += 1) await pause(2);
    assert.equal(toss.webhooks.list()[0]?.state, state);
  };
  await paid("order-1");
  await arrived(1);
  for (const [index, minutes] of retryMinutes.entries()) {
    await reached("waiting");
    toss.clock.advance(minutes * 60_000 - 1);
    await pause(10);
    assert.equal(received.length, index + 1);
    toss.clock.advance(1);
    await arrived(index + 2);
  }
  await reached("failed");
  assert.equal(received.length, 8);
  const counts = received.map(({ headers }) => headers["tosspayments-webhook-transmission-retried-count"]);
  assert.deepEqual(counts, ["0", "1", "2", "3", "4", "5", "6", "7"]);
  assert.equal(new Set(received.map(({ headers }) => headers["tosspayments-webhook-transmission-id"])).size, 1);
});

test("with a short minute the running fake retries by itself", async (t) => {
  const { paid, arrived } = await shop(t, { webhookMinuteMs: 10, statuses: [500, 500] });
  await paid("order-1");
  assert.equal((await arrived(3)).length, 3);
});

test("a duplicate has the same id, a lost one never comes", async (t) => {
  const { merchant, paid, arrived, received } = await shop(t);
  await merchant.fault({ operation: "confirm", kind: "webhook-duplicate" });
  await merchant.fault({ operation: "cancel", kind: "webhook-lost" });
  const { paymentKey } = await paid("order-1");
  await arrived(2);
  await merchant.cancel(paymentKey);
  await pause(50);
  assert.deepEqual(
    received.map(({ body }) => body.data.status),
    ["DONE", "DONE"],
  );
  assert.equal(new Set(received.map(({ headers }) => headers["tosspayments-webhook-transmission-id"])).size, 1);
});

test("a webhook can come before the answer, or after its successor", async (t) => {
  const { merchant, toss, received, arrived } = await shop(t);
  await merchant.fault({ operation: "confirm", kind: "webhook-before-answer" });
  const first = toss.authorize({ orderId: "order-1", amount: 15_000 });
  await merchant.confirm(first);
  assert.equal(received.length, 1);
  await merchant.fault({ operation: "confirm", kind: "webhook-out-of-order" });
  const second = toss.authorize({ orderId: "order-2", amount: 15_000 });
  await merchant.confirm(second);
  await merchant.cancel(second.paymentKey);
  const statuses = (await arrived(3)).slice(1).map(({ body }) => body.data.status);
  assert.deepEqual(statuses, ["CANCELED", "DONE"]);
});

test("an altered webhook lies; the payment behind it does not", async (t) => {
  const { merchant, paid, arrived } = await shop(t);
  await merchant.fault({ operation: "confirm", kind: "webhook-altered" });
  const { paymentKey } = await paid("order-1");
  assert.equal((await arrived(1))[0]?.body.data.totalAmount, 1);
  assert.equal((await merchant.get(paymentKey)).value.totalAmount, 15_000);
});

test("a forged webhook is sent as it was ordered and moves no money", async (t) => {
  const { toss, merchant, arrived } = await shop(t);
  toss.authorize({ orderId: "order-1", amount: 15_000 });
  const forged = { orderId: "order-1", alter: { status: "DONE" }, transmissionId: "whtrans_forged", times: 2 };
  const { value } = await ask(`${toss.url}/fake/webhooks/send`, { body: forged });
  assert.deepEqual(value, { statuses: [200, 200] });
  await ask(`${toss.url}/fake/webhooks/send`, { body: { body: { eventType: "NONSENSE" } } });
  const received = await arrived(3);
  assert.equal(received[0]?.body.data.status, "DONE");
  assert.equal(received[1]?.headers["tosspayments-webhook-transmission-id"], "whtrans_forged");
  assert.deepEqual(received[2]?.body, { eventType: "NONSENSE" });
  assert.equal((await merchant.truth("order-1")).captured, 0);
});

test("the address can be told after the start, and taken away", async (t) => {
  const { toss, paid, arrived, received, webhookUrl } = await shop(t);
  const setUrl = async (url: string | null) => (await ask(`${toss.url}/fake/webhooks/url`, { body: { url } })).status;
  assert.equal(await setUrl(null), 200);
  await paid("order-1");
  await pause(20);
  assert.equal(received.length, 0);
  assert.equal(await setUrl("nowhere"), 400);
  assert.equal(await setUrl(webhookUrl), 200);
  await paid("order-2");
  assert.equal((await arrived(1))[0]?.body.data.orderId, "order-2");
});
