import { type Agent, request as httpRequest } from "node:http";
import { seoulTimeMicroseconds } from "../shared/clock.ts";
import type { Fault } from "../shared/faults.ts";

const answerWithinMs = 10_000;
const deliveriesKept = 500;

/** One webhook on its way. The body and the id stay the same over all tries. */
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

/** Envelope (a) of §1.10: `createdAt` in microseconds without offset, `data` the full Payment. */
export function envelope(payment: Record<string, unknown>, nowMs: number): string {
  return JSON.stringify({
    eventType: "PAYMENT_STATUS_CHANGED",
    createdAt: seoulTimeMicroseconds(nowMs),
    data: payment,
  });
}

/** What the faults `webhook-altered` and `webhook-wrong-secret` make of a payment. */
export function spoil(payment: Record<string, unknown>, fault: Fault | undefined): Record<string, unknown> {
  if (fault?.kind === "webhook-altered") return { ...payment, totalAmount: 1, balanceAmount: 1, status: "DONE" };
  if (fault?.kind === "webhook-wrong-secret") return { ...payment, secret: "ps_wrong" };
  return payment;
}

/** Posts a delivery once, with the headers of §1.10; resolves to the merchant's status, 0 without an answer in 10 s. */
export function post(
  delivery: Delivery,
  sender: { agent: Agent; nowMs: number },
  extra?: Record<string, string>,
): Promise<number> {
  const headers = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(delivery.body),
    "tosspayments-webhook-transmission-time": new Date(sender.nowMs).toISOString(),
    "tosspayments-webhook-transmission-retried-count": String(delivery.retried),
    "tosspayments-webhook-transmission-id": delivery.transmissionId,
    ...extra,
  };
  const { agent } = sender;
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
}

/** The list of deliveries: the latest ones and all that are still open. */
export function createDeliveries() {
  let all: Delivery[] = [];
  return {
    add(fresh: Pick<Delivery, "transmissionId" | "body" | "url" | "orderId" | "dueAtMs">): Delivery {
      const delivery: Delivery = { ...fresh, retried: 0, isHeld: false, state: "waiting", statuses: [] };
      all.push(delivery);
      if (all.length > 2 * deliveriesKept) {
        const open = all.filter((one) => one.state === "waiting" || one.state === "sending");
        all = [...new Set([...open, ...all.slice(-deliveriesKept)])];
      }
      return delivery;
    },
    waiting: () => all.filter((delivery) => delivery.state === "waiting"),
    latest: () => all.slice(-deliveriesKept),
    clear() {
      all = [];
    },
  };
}
