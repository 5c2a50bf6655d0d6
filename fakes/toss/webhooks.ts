import { Agent } from "node:http";
import type { Clock } from "../shared/clock.ts";
import type { Fault } from "../shared/faults.ts";
import type { Random } from "../shared/random.ts";
import { createDeliveries, type Delivery, envelope, post, spoil } from "./deliveries.ts";

/** Minutes between tries after the first one (§1.10); then the delivery has failed. */
export const retryMinutes = [1, 4, 16, 64, 256, 1024, 4096] as const;
const inFlightMax = 64;

/** What somebody wants sent by force: an altered, forged, repeated or other payment's webhook. */
export type ForcedWebhook = { body: string; transmissionId?: string; headers?: Record<string, string>; url?: string };

export type Webhooks = {
  /** Where webhooks go from now on; undefined stops them. A merchant may learn its own address after the gateway's. */
  setUrl(url: string | undefined): void;
  hasUrl(): boolean;
  /** Sends PAYMENT_STATUS_CHANGED for a payment; resolves after the first try. */
  announce(payment: Record<string, unknown>, fault?: Fault): Promise<void>;
  /** Sends once, without retries; the merchant's status, 0 without an answer. */
  force(webhook: ForcedWebhook): Promise<number>;
  /** Sends what is due by the clock; resolves when those tries are answered. */
  sendDue(): Promise<void>;
  list(): Delivery[];
  clear(): void;
  close(): void;
};

type World = { clock: Clock; random: Random; url?: string; minuteMs: number };

/** Makes the sender. `minuteMs` is the length of a minute of the retry schedule, so that a test need not wait one. */
export function createWebhooks(world: World): Webhooks {
  const { clock, random, minuteMs } = world;
  const agent = new Agent({ keepAlive: true, maxSockets: inFlightMax });
  const deliveries = createDeliveries();
  let merchantUrl = world.url;
  const schedule = createSchedule(world, agent, deliveries);
  const add = (body: string, url: string, orderId?: string, id?: string): Delivery => {
    const transmissionId = id ?? `whtrans_${random.text(22)}`;
    return deliveries.add({ transmissionId, body, url, orderId, dueAtMs: clock.now() });
  };
  const clear = (): void => {
    deliveries.clear();
    schedule.stop();
  };
  return {
    setUrl(url) {
      merchantUrl = url;
    },
    hasUrl: () => merchantUrl !== undefined,
    async announce(payment, fault) {
      if (merchantUrl === undefined) return;
      const orderId = String(payment.orderId);
      const delivery = add(envelope(spoil(payment, fault), clock.now()), merchantUrl, orderId);
      if (fault?.kind === "webhook-lost") {
        delivery.state = "lost";
        return;
      }
      if (fault?.kind === "webhook-delayed" || fault?.kind === "webhook-out-of-order") {
        delivery.isHeld = fault.kind === "webhook-out-of-order";
        delivery.dueAtMs += fault.ms ?? minuteMs;
        schedule.wake();
        return;
      }
      await schedule.attempt(delivery);
      if (fault?.kind === "webhook-duplicate") {
        await schedule.attempt(add(delivery.body, delivery.url, orderId, delivery.transmissionId));
      }
      for (const one of deliveries.waiting()) if (one.isHeld && one.orderId === orderId) await schedule.attempt(one);
    },
    async force(webhook) {
      const url = webhook.url ?? merchantUrl;
      if (url === undefined) return 0;
      const delivery = add(webhook.body, url, undefined, webhook.transmissionId);
      delivery.state = "sending";
      const status = await post(delivery, { agent, nowMs: clock.now() }, webhook.headers);
      delivery.statuses.push(status);
      delivery.state = status === 200 ? "delivered" : "failed";
      return status;
    },
    sendDue: schedule.sendDue,
    list: deliveries.latest,
    clear,
    close() {
      clear();
      agent.destroy();
    },
  };
}

function createSchedule(world: World, agent: Agent, deliveries: ReturnType<typeof createDeliveries>) {
  const { clock, minuteMs } = world;
  let timer: NodeJS.Timeout | undefined;
  const attempt = async (delivery: Delivery): Promise<void> => {
    delivery.state = "sending";
    delivery.isHeld = false;
    const status = await post(delivery, { agent, nowMs: clock.now() });
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
    const due = deliveries.waiting().filter((delivery) => delivery.dueAtMs <= clock.now());
    await Promise.all(due.map(attempt));
  };
  const wake = (): void => {
    clearTimeout(timer);
    const waiting = deliveries.waiting();
    if (waiting.length === 0) return;
    const firstDueAtMs = waiting.reduce((least, delivery) => Math.min(least, delivery.dueAtMs), Infinity);
    // A handed-in clock may stand still or jump, so the wait is never longer than a second.
    const waitMs = Math.min(Math.max(firstDueAtMs - clock.now(), 5), 1_000);
    timer = setTimeout(() => void sendDue().then(wake), waitMs);
    timer.unref();
  };
  return { attempt, sendDue, wake, stop: () => clearTimeout(timer) };
}
