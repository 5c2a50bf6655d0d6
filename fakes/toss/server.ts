import { type Clock, createClock } from "../shared/clock.ts";
import { type Calls, controlReply, createCalls, wrongRequest } from "../shared/control.ts";
import { createFaults, type Faults } from "../shared/faults.ts";
import { createRandom } from "../shared/random.ts";
import { type Answer, type Call, json, parseObject, type Reply, serve } from "../shared/serve.ts";
import { createTruth, type Truth } from "../shared/truth.ts";
import { isWon } from "../shared/won.ts";
import { createAuthorization } from "./authorization.ts";
import { refuse } from "./errors.ts";
import { createIdempotencyKeys } from "./idempotency.ts";
import { answerApi } from "./operations.ts";
import { answerPage, orderIdPattern } from "./page.ts";
import type { TossPayment } from "./payment.ts";
import { renderPayment } from "./render.ts";
import { type Cause, createTossState, type OpenInput, type TossState } from "./state.ts";
import { createWebhooks, envelope, type Webhooks } from "./webhooks.ts";

/** The key of the fake when none is handed in. It opens nothing but this fake. */
export const fakeTossSecretKey = "test_sk_fakeTossOfMadang";
export const tossOperations = ["confirm", "get", "cancel", "authorize", "expire"] as const;

export type FakeTossOptions = {
  port?: number;
  host?: string;
  /** The first is the merchant's; several have separate idempotency keys. Default: `fakeTossSecretKey`. */
  secretKeys?: readonly string[];
  /** Milliseconds since 1970; default the machine's clock. */
  now?: () => number;
  seed?: number;
  webhookUrl?: string;
  /** Length of a minute of the webhook's retry schedule, in ms; default a real minute. */
  webhookMinuteMs?: number;
  /** Folder of the durable book; without it everything is in memory only. */
  book?: string;
};

export type Authorized = { paymentKey: string; orderId: string; amount: number };

export type FakeToss = {
  url: string;
  clock: Clock;
  faults: Faults;
  truth: Truth;
  calls: Calls;
  state: TossState;
  webhooks: Webhooks;
  /** The buyer's step without a page: a new IN_PROGRESS payment. */
  authorize(input: OpenInput): Authorized;
  reset(): void;
  close(): Promise<void>;
};

const sweepEveryMs = 1_000;

/** Starts a fake Toss Payments on 127.0.0.1. Rejects when the port is taken. */
export async function startFakeToss(options: FakeTossOptions = {}): Promise<FakeToss> {
  const toss = createToss(options);
  const served = await serve({ ...listenOptions(options), handle: toss.handle });
  toss.setUrl(served.url);
  const sweeper = setInterval(() => toss.fake.state.expireOverdue(), sweepEveryMs);
  sweeper.unref();
  return {
    ...toss.fake,
    url: served.url,
    async close() {
      clearInterval(sweeper);
      toss.fake.webhooks.close();
      await served.close();
      await toss.fake.state.close();
    },
  };
}

function listenOptions(options: FakeTossOptions): { port?: number; host?: string } {
  return {
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.host === undefined ? {} : { host: options.host }),
  };
}

function createToss(options: FakeTossOptions) {
  const clock = createClock(options.now);
  const random = createRandom(options.seed);
  const [faults, calls, truth] = [createFaults(tossOperations), createCalls(tossOperations), createTruth()];
  const keys = createIdempotencyKeys();
  const secretKeys = options.secretKeys ?? [fakeTossSecretKey];
  const url = options.webhookUrl;
  const minuteMs = options.webhookMinuteMs ?? 60_000;
  const webhooks = createWebhooks({ clock, random, minuteMs, ...(url === undefined ? {} : { url }) });
  let baseUrl = "";
  let first: Promise<unknown> | undefined;

  const announce = (payment: TossPayment, cause: Cause): void => {
    if (url === undefined) return;
    const fault = faults.take("webhook", cause, payment.orderId);
    const send = async () => {
      await state.durable();
      await webhooks.announce(renderPayment(payment, baseUrl), fault);
    };
    if (fault?.kind === "webhook-before-answer") first = send();
    // One turn later the answer of an undisturbed operation is on its way.
    else setImmediate(() => void send());
  };
  const state: TossState = createTossState({
    clock,
    random,
    truth,
    onChange: announce,
    onRestore: (scope, payment, atMs) => keys.restore(scope, { payment }, atMs),
    ...(options.book === undefined ? {} : { bookFolder: options.book }),
  });
  clock.onAdvance(() => {
    state.expireOverdue();
    void webhooks.sendDue();
  });

  const reset = (): void => {
    for (const part of [state, keys, faults, truth, calls, webhooks]) part.clear();
    clock.reset();
  };
  const authorize = (input: OpenInput): Authorized => {
    calls.count("authorize");
    const { paymentKey, orderId, totalAmount } = state.open(input);
    state.authenticate(paymentKey);
    return { paymentKey, orderId, amount: totalAmount };
  };
  const world = {
    ...{ clock, state, keys, faults, calls },
    authorize: createAuthorization(secretKeys),
    isTestKey: (index: number) => secretKeys[index]!.startsWith("test_"),
    webhooksFirst() {
      const awaited = first;
      first = undefined;
      return awaited;
    },
    baseUrl: () => baseUrl,
  };
  const control = { clock, faults, truth, calls, reset };
  const handle = (call: Call): Answer | Promise<Answer> => {
    if (call.path.startsWith("/v1/")) return answerApi(call, world);
    if (call.path === "/pay") {
      if (call.method === "POST") calls.count("authorize");
      return answerPage(call, state);
    }
    if (call.method === "POST" && call.path === "/fake/authorize") return answerAuthorize(call, authorize);
    if (call.method === "POST" && call.path === "/fake/webhooks/send") return forceWebhook(call, world, webhooks);
    if (call.method === "GET" && call.path === "/fake/webhooks") return json(200, webhooks.list());
    return controlReply(call, control) ?? refuse("NOT_FOUND");
  };
  const setUrl = (served: string): void => {
    baseUrl = served;
  };
  return { fake: { clock, faults, truth, calls, state, webhooks, authorize, reset }, handle, setUrl };
}

function answerAuthorize(call: Call, authorize: (input: OpenInput) => Authorized): Reply {
  const { orderId, amount, orderName, taxFreeAmount } = parseObject(call.body) ?? {};
  if (typeof orderId !== "string" || !orderIdPattern.test(orderId)) return wrongRequest("orderId is 6 to 64 letters");
  if (!isWon(amount)) return wrongRequest("amount is whole won above 0");
  if (taxFreeAmount !== undefined && !(isWon(taxFreeAmount, 0) && taxFreeAmount <= amount)) {
    return wrongRequest("taxFreeAmount is whole won, at most the amount");
  }
  const name = typeof orderName === "string" ? { orderName } : {};
  return json(200, authorize({ orderId, amount, ...name, ...(taxFreeAmount === undefined ? {} : { taxFreeAmount }) }));
}

/** Sends a webhook by force: `alter` changes fields of the true payment, `body` replaces everything. */
async function forceWebhook(
  call: Call,
  world: { state: TossState; clock: Clock; baseUrl(): string },
  webhooks: Webhooks,
): Promise<Reply> {
  const wish = parseObject(call.body) ?? {};
  const { orderId, paymentKey, alter, body, transmissionId, headers, url, times } = wish;
  const payment =
    typeof paymentKey === "string" ? world.state.byKey(paymentKey) : world.state.byOrder(String(orderId ?? ""));
  if (payment === undefined && body === undefined) return wrongRequest("orderId or paymentKey of a payment, or a body");
  const altered = { ...(payment && renderPayment(payment, world.baseUrl())), ...(alter as Record<string, unknown>) };
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const forced = {
    body: body === undefined ? envelope(altered, world.clock.now()) : text,
    ...(typeof transmissionId === "string" ? { transmissionId } : {}),
    ...(typeof headers === "object" ? { headers: headers as Record<string, string> } : {}),
    ...(typeof url === "string" ? { url } : {}),
  };
  const statuses: number[] = [];
  for (let count = 0; count < (isWon(times) ? times : 1); count += 1) statuses.push(await webhooks.force(forced));
  return json(200, { statuses });
}
