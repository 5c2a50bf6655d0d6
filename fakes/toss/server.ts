import { type Clock, createClock } from "../shared/clock.ts";
import { type Calls, controlReply, createCalls, wrongRequest } from "../shared/control.ts";
import { createFaults, type Fault, type Faults } from "../shared/faults.ts";
import { createRandom } from "../shared/random.ts";
import { type Answer, type Call, json, parseObject, type Reply, serve } from "../shared/serve.ts";
import { createTruth, type Truth } from "../shared/truth.ts";
import { isWon } from "../shared/won.ts";
import { createAuthorization } from "./authorization.ts";
import { envelope } from "./deliveries.ts";
import { refuse } from "./errors.ts";
import { createIdempotencyKeys } from "./idempotency.ts";
import { answerApi, type TossWorld } from "./operations.ts";
import { answerPage, orderIdPattern } from "./page.ts";
import type { TossPayment } from "./payment.ts";
import { renderPayment } from "./render.ts";
import { type Cause, createTossState, type OpenInput, type TossState } from "./state.ts";
import { createWebhooks, type Webhooks } from "./webhooks.ts";

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
  const webhookUrl = options.webhookUrl === undefined ? {} : { url: options.webhookUrl };
  const webhooks = createWebhooks({ clock, random, minuteMs: options.webhookMinuteMs ?? 60_000, ...webhookUrl });
  let baseUrl = "";
  const announcer = createAnnouncer(faults, async (payment, fault) => {
    await state.durable();
    await webhooks.announce(renderPayment(payment, baseUrl), fault);
  });
  const state: TossState = createTossState({
    ...{ clock, random, truth },
    onChange: (payment, cause) => (webhooks.hasUrl() ? announcer.announce(payment, cause) : undefined),
    onRestore: (scope, payment, atMs) => keys.restore(scope, { payment }, atMs),
    ...(options.book === undefined ? {} : { bookFolder: options.book }),
  });
  clock.onAdvance(() => {
    state.expireOverdue();
    void webhooks.sendDue();
  });
  const world: World = {
    ...{ clock, state, keys, faults, calls, truth, webhooks },
    authorize: createAuthorization(secretKeys),
    isTestKey: (index) => secretKeys[index]!.startsWith("test_"),
    webhooksFirst: announcer.takeFirst,
    baseUrl: () => baseUrl,
    reset() {
      for (const part of [state, keys, faults, truth, calls, webhooks]) part.clear();
      clock.reset();
    },
    authorizeBuyer(input) {
      calls.count("authorize");
      const { paymentKey, orderId, totalAmount } = state.open(input);
      state.authenticate(paymentKey);
      return { paymentKey, orderId, amount: totalAmount };
    },
  };
  const setUrl = (served: string): void => {
    baseUrl = served;
  };
  const { reset, authorizeBuyer } = world;
  const fake = { clock, faults, truth, calls, state, webhooks, authorize: authorizeBuyer, reset };
  return { fake, handle: (call: Call) => route(call, world), setUrl };
}

type World = TossWorld & {
  truth: Truth;
  webhooks: Webhooks;
  reset(): void;
  authorizeBuyer(input: OpenInput): Authorized;
};

/** Decides when a change is told: as a rule one turn later, when the answer is on its way; by fault before it. */
function createAnnouncer(faults: Faults, send: (payment: TossPayment, fault: Fault | undefined) => Promise<void>) {
  let first: Promise<void> | undefined;
  return {
    announce(payment: TossPayment, cause: Cause): void {
      const fault = faults.take("webhook", cause, payment.orderId);
      if (fault?.kind === "webhook-before-answer") first = send(payment, fault);
      else setImmediate(() => void send(payment, fault));
    },
    /** What the operation that has just run must wait for. */
    takeFirst(): Promise<void> | undefined {
      const awaited = first;
      first = undefined;
      return awaited;
    },
  };
}

function route(call: Call, world: World): Answer | Promise<Answer> {
  if (call.path.startsWith("/v1/")) return answerApi(call, world);
  if (call.path === "/pay") {
    if (call.method === "POST") world.calls.count("authorize");
    return answerPage(call, world.state);
  }
  switch (`${call.method} ${call.path}`) {
    case "POST /fake/authorize":
      return answerAuthorize(call, world.authorizeBuyer);
    case "POST /fake/webhooks/send":
      return forceWebhook(call, world);
    case "POST /fake/webhooks/url":
      return setWebhookUrl(call, world.webhooks);
    case "GET /fake/webhooks":
      return json(200, world.webhooks.list());
    default:
      return controlReply(call, world) ?? refuse("NOT_FOUND");
  }
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

function setWebhookUrl(call: Call, webhooks: Webhooks): Reply {
  const url = parseObject(call.body)?.url;
  if (url !== null && !(typeof url === "string" && URL.canParse(url))) return wrongRequest("url is an address or null");
  webhooks.setUrl(url ?? undefined);
  return json(200, { url });
}

/** Sends a webhook by force: `alter` changes fields of the true payment, `body` replaces everything. */
async function forceWebhook(call: Call, world: World): Promise<Reply> {
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
  for (let count = 0; count < (isWon(times) ? times : 1); count += 1) statuses.push(await world.webhooks.force(forced));
  return json(200, { statuses });
}
