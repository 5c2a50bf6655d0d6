import { Agent, request as httpRequest } from "node:http";
import { type Clock, seoulTimeMicroseconds } from "../shared/clock.ts";
import type { Fault } from "../shared/faults.ts";
import type { Random } from "../shared/random.ts";

/** Minutes between tries after the first one (§1.10); then the delivery has failed. */
export const retryMinutes = [1, 4, 16, 64, 256, 1024, 4096] as const;
const answerWithinMs = 10_000;
const inFlightMax = 64;
const kept = 500;

export type Delivery = {
  transmissionId: string;
  body: string;
  url: string;
  orderId: string | undefined;
  retried: number;
  dueAtMs: number;
  /** Kept back until the order's next webhook has gone out. */
  isHeld: boolean;
  state: "waiting" | "sending" | "delivered" | "failed" | "lost";
  /** The merchant's HTTP status for each try; 0 stands for no answer. */
  statuses: number[];
};

/** What somebody wants sent by force: an altered, forged, repeated or other payment's webhook. */
export type ForcedWebhook = { body: string; transmissionId?: string; headers?: Record<string, string>; url?: string };

export type Webhooks = {
  /** Sends PAYMENT_STATUS_CHANGED for a payment; resolves after the first try. */
  announce(payment: Record<string, unknown>, fault?: Fault): Promise<void>;
  force(webhook: ForcedWebhook): Promise<number>;
  /** Sends what is due by the clock; resolves when those tries are answered. */
  sendDue(): Promise<void>;
  list(): Delivery[];
  clear(): void;
  close(): void;
};

/** Envelope (a) of §1.10: `createdAt` in microseconds without offset, `data` the full Payment. */
export function envelope(payment: Record<string, unknown>, nowMs: number): string {
  return JSON.stringify({
    eventType: "PAYMENT_STATUS_CHANGED",
    createdAt: seoulTimeMicroseconds(nowMs),
    data: payment,
  });
}

/** Makes the sender. `minuteMs` is the length of a minute of the retry schedule, so that a test need not wait one. */
export function createWebhooks(world: { clock: Clock; random: Random; url?: string; minuteMs: number }): Webhooks {
  const { clock, random, minuteMs } = world;
  const agent = new Agent({ keepAlive: true, maxSockets: inFlightMax });
  let deliveries: Delivery[] = [];
  let timer: NodeJS.Timeout | undefined;

  const post = (delivery: Delivery, extra?: Record<string, string>): Promise<number> => {
    const headers = {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(delivery.body),
      "tosspayments-webhook-transmission-time": new Date(clock.now()).toISOString(),
      "tosspayments-webhook-transmission-retried-count": String(delivery.retried),
      "tosspayments-webhook-transmission-id": delivery.transmissionId,
      ...extra,
    };
    return new Promise((resolve) => {
      const request = httpRequest(delivery.url, { method: "POST", agent, headers, timeout: answerWithinMs });
      request.on("response", (response) => {
        response.resume();
        response.on("close", () => resolve(response.complete ? (response.statusCode ?? 0) : 0));
      });
      request.on("timeout", () => request.destroy());
      // No answer is status 0: the schedule decides what comes next, whatever broke the connection.
      request.on("error", () => resolve(0));
      request.end(delivery.body);
    });
  };

  const attempt = async (delivery: Delivery): Promise<void> => {
    delivery.state = "sending";
    const status = await post(delivery);
    delivery.statuses.push(status);
    const waitMinutes = retryMinutes[delivery.retried];
    if (status === 200) delivery.state = "delivered";
    else if (waitMinutes === undefined) delivery.state = "failed";
    else {
      delivery.state = "waiting";
      delivery.retried += 1;
      delivery.dueAtMs = clock.now() + waitMinutes * minuteMs;
      wake();
    }
  };

  const sendDue = async (): Promise<void> => {
    const due = deliveries.filter((delivery) => delivery.state === "waiting" && delivery.dueAtMs <= clock.now());
    await Promise.all(due.map(attempt));
  };

  const wake = (): void => {
    clearTimeout(timer);
    const waiting = deliveries.filter((delivery) => delivery.state === "waiting");
    if (waiting.length === 0) return;
    // A handed-in clock may stand still or jump, so the wait is never longer than a second.
    const waitMs = Math.min(...waiting.map((delivery) => delivery.dueAtMs)) - clock.now();
    timer = setTimeout(() => void sendDue().then(wake), Math.min(Math.max(waitMs, 5), 1_000));
    timer.unref();
  };

  const enqueue = (body: string, url: string, orderId: string | undefined, id?: string): Delivery => {
    const transmissionId = id ?? `whtrans_${random.text(22)}`;
    const dueAtMs = clock.now();
    const fresh = { retried: 0, isHeld: false, state: "waiting" as const, statuses: [] };
    const delivery: Delivery = { transmissionId, body, url, orderId, dueAtMs, ...fresh };
    deliveries.push(delivery);
    if (deliveries.length > 2 * kept) {
      const open = deliveries.filter((one) => one.state === "waiting" || one.state === "sending");
      deliveries = [...new Set([...deliveries.slice(-kept), ...open])];
    }
    return delivery;
  };

  return {
    async announce(payment, fault) {
      if (world.url === undefined) return;
      const orderId = String(payment.orderId);
      const delivery = enqueue(envelope(spoil(payment, fault), clock.now()), world.url, orderId);
      if (fault?.kind === "webhook-lost") {
        delivery.state = "lost";
        return;
      }
      if (fault?.kind === "webhook-delayed" || fault?.kind === "webhook-out-of-order") {
        delivery.isHeld = fault.kind === "webhook-out-of-order";
        delivery.dueAtMs += fault.ms ?? minuteMs;
        return wake();
      }
      await attempt(delivery);
      if (fault?.kind === "webhook-duplicate") {
        await attempt(enqueue(delivery.body, delivery.url, orderId, delivery.transmissionId));
      }
      const held = deliveries.filter((one) => one.isHeld && one.orderId === orderId && one.state === "waiting");
      for (const one of held) await attempt(one);
    },
    async force(webhook) {
      const url = webhook.url ?? world.url;
      if (url === undefined) return 0;
      const delivery = enqueue(webhook.body, url, undefined, webhook.transmissionId);
      delivery.state = "sending";
      const status = await post(delivery, webhook.headers);
      delivery.statuses.push(status);
      delivery.state = status === 200 ? "delivered" : "failed";
      return status;
    },
    sendDue,
    list: () => deliveries.slice(-kept),
    clear() {
      deliveries = [];
      clearTimeout(timer);
    },
    close() {
      deliveries = [];
      clearTimeout(timer);
      agent.destroy();
    },
  };
}

function spoil(payment: Record<string, unknown>, fault: Fault | undefined): Record<string, unknown> {
  if (fault?.kind === "webhook-altered") return { ...payment, totalAmount: 1, balanceAmount: 1, status: "DONE" };
  if (fault?.kind === "webhook-wrong-secret") return { ...payment, secret: "ps_wrong" };
  return payment;
}
