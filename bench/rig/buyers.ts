/**
 * The load of the checkout benches, in a process of its own: reads one job as a line of JSON, prepares it and says
 * `ready`; told `go`, it lets the buyers buy and prints what they saw as a line of JSON.
 */
import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { makeIds, siblingId } from "#platform/core/ids.ts";
import type { Instant } from "#platform/core/time.ts";
import { type Client, openClient } from "./client.ts";

export interface Job {
  /** One or more server processes: buyers are spread over them. */
  readonly urls: readonly string[];
  readonly tossUrl: string;
  readonly tokens: readonly string[];
  /** Buyers at a time; each begins its next order when the last one is paid. */
  readonly buyers: number;
  /** Ends when so many orders were begun or so many seconds have passed. */
  readonly orders: number;
  readonly seconds: number;
  /** Baskets taken in turn, each with its total. */
  readonly baskets: readonly { readonly body: Readonly<Record<string, unknown>>; readonly total: number }[];
}

export interface Seen {
  readonly paid: number;
  readonly soldOut: number;
  readonly errors: Readonly<Record<string, number>>;
  /** Wall clock, ms since 1970: first request, last answer. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** Of whole checkouts, and of their two requests, in ms. */
  readonly p50: number;
  readonly p99: number;
  readonly placeP50: number;
  readonly confirmP50: number;
  /** What the load itself took of the machine. */
  readonly cpuMs: number;
}

interface Prepared {
  readonly orderId: string;
  readonly attemptId: string;
  readonly paymentId: string;
  readonly paymentKey: string;
  readonly basket: Job["baskets"][number];
}

const ids = makeIds(() => new Date().toISOString() as Instant, { bytes: randomBytes });
const AUTHORISE_AT_A_TIME = 16;

/**
 * The buyer's step on the gateway's page is not what is measured: all payments are authorised before the clock starts.
 * The payment and its first attempt have the order's own suffix, so a storefront too knows them before it places.
 */
async function prepare(job: Job): Promise<Prepared[]> {
  const prepared: Prepared[] = [];
  let begun = 0;
  const authorise = async (toss: Client) => {
    while (begun < job.orders) {
      const basket = job.baskets[begun % job.baskets.length] as Prepared["basket"];
      begun += 1;
      const orderId = ids.make("order");
      const paymentId = siblingId("payment", orderId);
      const attemptId = siblingId("attempt", paymentId);
      const reply = await toss.request("POST", "/fake/authorize", {
        body: { orderId: attemptId, amount: basket.total },
      });
      const { paymentKey } = JSON.parse(reply.text) as { paymentKey: string };
      prepared.push({ orderId, paymentId, attemptId, paymentKey, basket });
    }
    toss.close();
  };
  const clients = await Promise.all(Array.from({ length: AUTHORISE_AT_A_TIME }, () => openClient(job.tossUrl)));
  await Promise.all(clients.map(authorise));
  return prepared;
}

async function buyAll(job: Job, prepared: readonly Prepared[], clients: readonly Client[]): Promise<Seen> {
  const tallies = { paid: 0, soldOut: 0, errors: {} as Record<string, number> };
  const [whole, place, confirm]: number[][] = [[], [], []];
  const startedAt = Date.now();
  const cpu = process.cpuUsage();
  const endAt = performance.now() + job.seconds * 1000;
  let next = 0;
  const buy = async (client: Client, token: string) => {
    while (next < prepared.length && performance.now() < endAt) {
      const order = prepared[next++] as Prepared;
      const began = performance.now();
      const outcome = await placeOrder(client, token, order);
      const placed = performance.now();
      const paid = outcome === "placed" ? await confirmPayment(client, token, order) : outcome;
      const ended = performance.now();
      if (paid === "paid") {
        tallies.paid += 1;
        whole?.push(ended - began);
        place?.push(placed - began);
        confirm?.push(ended - placed);
      } else if (paid === "order.sold_out") tallies.soldOut += 1;
      else tallies.errors[paid] = (tallies.errors[paid] ?? 0) + 1;
    }
  };
  await Promise.all(clients.map((client, n) => buy(client, job.tokens[n % job.tokens.length] as string)));
  const endedAt = Date.now();
  const { user, system } = process.cpuUsage(cpu);
  const cpuMs = (user + system) / 1000;
  const [p50, p99] = [at(whole, 0.5), at(whole, 0.99)];
  const [placeP50, confirmP50] = [at(place, 0.5), at(confirm, 0.5)];
  return { ...tallies, startedAt, endedAt, p50, p99, placeP50, confirmP50, cpuMs };
}

async function placeOrder(client: Client, token: string, { orderId, basket }: Prepared): Promise<string> {
  const body = { orderId, ...basket.body, expectedTotal: basket.total };
  for (;;) {
    const reply = await client.request("POST", "/orders", { token, key: `${orderId}.place`, body });
    const outcome = reply.status === 201 ? "placed" : codeOf(reply);
    if (outcome !== "request.in_flight") return outcome;
    // Its holds are still being taken: a buyer comes again after the Retry-After, with the same key.
    await pause(1000);
  }
}

async function confirmPayment(client: Client, token: string, order: Prepared): Promise<string> {
  const { orderId, paymentId, attemptId, paymentKey, basket } = order;
  const body = { attemptId, amount: basket.total, paymentKey };
  const path = `/payments/${paymentId}/confirm`;
  const reply = await client.request("POST", path, { token, key: `${orderId}.confirm`, body });
  if (reply.status !== 200) return codeOf(reply);
  const { status } = JSON.parse(reply.text) as { status: string };
  return status === "APPROVED" ? "paid" : `payment ${status}`;
}

function codeOf({ status, text }: { readonly status: number; readonly text: string }): string {
  const code = /"code":"([^"]+)"/.exec(text)?.[1];
  return code ?? `status ${status}`;
}

function at(values: readonly number[] | undefined, share: number): number {
  const sorted = [...(values ?? [])].sort((a, b) => a - b);
  return Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 10) / 10;
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const job = JSON.parse((await lines.next()).value as string) as Job;
const prepared = await prepare(job);
const urlOf = (n: number) => job.urls[n % job.urls.length] as string;
const clients = await Promise.all(Array.from({ length: job.buyers }, (_, n) => openClient(urlOf(n))));
console.log("ready");
await lines.next();
const seen = await buyAll(job, prepared, clients);
for (const client of clients) client.close();
console.log(JSON.stringify(seen));
process.exit(0);
