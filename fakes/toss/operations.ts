import { setTimeout as sleep } from "node:timers/promises";
import { performWithFaults, withExtraFields, withNulls } from "../shared/apply-fault.ts";
import type { Clock } from "../shared/clock.ts";
import type { Calls } from "../shared/control.ts";
import type { Fault, Faults } from "../shared/faults.ts";
import { type Answer, type Call, decodeSegment, json, parseObject, type Reply } from "../shared/serve.ts";
import { isWon } from "../shared/won.ts";
import { isKnownCode, refuse } from "./errors.ts";
import { type IdempotencyKeys, type Kept, keyLengthMax, scopeOf } from "./idempotency.ts";
import type { CancelInput, Refusal, TossPayment } from "./payment.ts";
import { nullableFields, renderPayment } from "./render.ts";
import type { TossState } from "./state.ts";

export type TossWorld = {
  clock: Clock;
  state: TossState;
  keys: IdempotencyKeys;
  faults: Faults;
  calls: Calls;
  authorize(header: string | undefined): number | { code: string };
  /** The forced errors of `TossPayments-Test-Code` exist for test keys only. */
  isTestKey(apiKeyIndex: number): boolean;
  /** Webhooks that must be answered before the operation is; undefined when there are none. */
  webhooksFirst(): Promise<unknown> | undefined;
  baseUrl(): string;
};

type Outcome = TossPayment | Refusal;
type Run = (declineCode: string | undefined, scope: string | undefined) => Outcome;

/** Answers everything under /v1 of the real API. */
export function answerApi(call: Call, world: TossWorld): Answer | Promise<Answer> {
  const apiKey = world.authorize(call.headers.authorization);
  if (typeof apiKey !== "number") return refuse(apiKey.code);
  const route = /^\/v1\/payments\/(?:(confirm)|orders\/([^/]+)|([^/]+)(\/cancel)?)$/.exec(call.path);
  if (route === null) return refuse("NOT_FOUND");
  const [, confirmWord, orderId, paymentKey, cancelWord] = route;
  if (call.method === "POST" && confirmWord !== undefined) return answerConfirm(call, apiKey, world);
  if (call.method === "POST" && cancelWord !== undefined) return answerCancel(call, apiKey, paymentKey!, world);
  if (call.method !== "GET" || cancelWord !== undefined) return refuse("NOT_FOUND");
  const find = (): TossPayment | undefined =>
    orderId === undefined
      ? world.state.byKey(decodeSegment(paymentKey ?? "confirm"))
      : world.state.byOrder(decodeSegment(orderId));
  const run: Run = (declineCode) => {
    if (declineCode !== undefined) return { code: declineCode };
    return find() ?? { code: "NOT_FOUND_PAYMENT" };
  };
  return perform(call, apiKey, "get", find()?.orderId ?? orderId, run, world);
}

function answerConfirm(call: Call, apiKey: number, world: TossWorld): Answer | Promise<Answer> {
  const { paymentKey, orderId, amount } = parseObject(call.body) ?? {};
  const run: Run = (declineCode, scope) => {
    if (typeof paymentKey !== "string" || typeof orderId !== "string" || !isWon(amount)) {
      return { code: "INVALID_REQUEST" };
    }
    return world.state.confirm({ paymentKey, orderId, amount }, more(declineCode, scope));
  };
  return perform(call, apiKey, "confirm", typeof orderId === "string" ? orderId : undefined, run, world);
}

function answerCancel(call: Call, apiKey: number, paymentKey: string, world: TossWorld): Answer | Promise<Answer> {
  const key = decodeSegment(paymentKey);
  const run: Run = (declineCode, scope) => {
    const input = readCancel(parseObject(call.body));
    if ("code" in input) return input;
    if (declineCode !== undefined) return { code: declineCode };
    return world.state.cancel(key, input, more(undefined, scope));
  };
  return perform(call, apiKey, "cancel", world.state.byKey(key)?.orderId, run, world);
}

function more(declineCode: string | undefined, scope: string | undefined): { declineCode?: string; scope?: string } {
  return { ...(declineCode === undefined ? {} : { declineCode }), ...(scope === undefined ? {} : { scope }) };
}

function readCancel(body: Record<string, unknown> | undefined): CancelInput | Refusal {
  const { cancelReason, cancelAmount, refundableAmount, taxFreeAmount } = body ?? {};
  if (typeof cancelReason !== "string" || cancelReason === "" || cancelReason.length > 200) {
    return { code: "INVALID_REQUEST" };
  }
  const amounts = { cancelAmount, refundableAmount, taxFreeAmount };
  const input: CancelInput = { cancelReason };
  for (const [name, value] of Object.entries(amounts) as [keyof typeof amounts, unknown][]) {
    if (value === undefined || value === null) continue;
    if (!isWon(value, name === "cancelAmount" ? 1 : 0)) return { code: "INVALID_REFUND_AMOUNT" };
    input[name] = value;
  }
  return input;
}

function perform(
  call: Call,
  apiKey: number,
  name: "confirm" | "get" | "cancel",
  orderId: string | undefined,
  run: Run,
  world: TossWorld,
): Answer | Promise<Answer> {
  world.calls.count(name);
  const key = call.method === "POST" ? headerOf(call, "idempotency-key") : undefined;
  if (key !== undefined && (key === "" || key.length > keyLengthMax)) return refuse("INVALID_IDEMPOTENCY_KEY");
  const url = call.query === "" ? call.path : `${call.path}?${call.query}`;
  const scope = key === undefined ? undefined : scopeOf(key, apiKey, url, call.method);
  return performWithFaults(world.faults, {
    name,
    orderId,
    perform(order) {
      const replayed = replay(scope, key, world);
      if (replayed !== undefined) return settled(replayed, world);
      if (scope !== undefined) world.keys.begin(scope, world.clock.now());
      const finish = (): Reply | Promise<Reply> => {
        const forced = forcedCode(call, apiKey, world);
        const outcome = forced ?? run(order?.declineCode, scope);
        if (scope !== undefined) remember(scope, outcome, world.keys);
        return settled(render(outcome, world), world);
      };
      return order?.delayMs === undefined ? finish() : sleep(order.delayMs).then(finish);
    },
    forget: () => (scope === undefined ? undefined : world.keys.forget(scope)),
    internalError: () => refuse("FAILED_INTERNAL_SYSTEM_PROCESSING"),
    slowDown: () => refuse("TOO_MANY_REQUESTS"),
    spoil: (kind, answer) => spoil(kind, answer, world),
  });
}

function headerOf(call: Call, name: string): string | undefined {
  const value = call.headers[name];
  return Array.isArray(value) ? value.join(",") : value;
}

/** §1.9: a test key may ask for an error by name; it comes before anything else is looked at. */
function forcedCode(call: Call, apiKey: number, world: TossWorld): Refusal | undefined {
  const code = headerOf(call, "tosspayments-test-code");
  if (code === undefined || !world.isTestKey(apiKey)) return undefined;
  return { code: isKnownCode(code) ? code : "INVALID_TEST_CODE" };
}

function replay(scope: string | undefined, key: string | undefined, world: TossWorld): Reply | undefined {
  if (scope === undefined) return undefined;
  const found = world.keys.find(scope, world.clock.now());
  if (found === undefined) return undefined;
  if (found === "in-flight") return refuse("IDEMPOTENT_REQUEST_PROCESSING");
  const reply = render("payment" in found ? found.payment : found, world);
  return { ...reply, headers: { ...reply.headers, "idempotency-key": key! } };
}

/** 2xx and 4xx are pinned; 409, 429 and 5xx are not, so that the same key may try again (§1.7). */
function remember(scope: string, outcome: Outcome, keys: IdempotencyKeys): void {
  const kept: Kept = "code" in outcome ? outcome : { payment: outcome };
  const status = "code" in outcome ? refuse(outcome.code).status : 200;
  if (status >= 500 || status === 409 || status === 429) keys.forget(scope);
  else keys.keep(scope, kept);
}

function render(outcome: Outcome, world: TossWorld): Reply {
  return "code" in outcome ? refuse(outcome.code) : json(200, renderPayment(outcome, world.baseUrl()));
}

/** With a book nothing is answered before it is on the disk; without one the answer is ready at once. */
function settled(reply: Reply, world: TossWorld): Reply | Promise<Reply> {
  const durable = world.state.durable();
  const webhooks = world.webhooksFirst();
  if (durable === undefined && webhooks === undefined) return reply;
  return Promise.all([durable, webhooks]).then(() => reply);
}

function spoil(kind: Fault["kind"], answer: Record<string, unknown>, world: TossWorld): Record<string, unknown> {
  switch (kind) {
    case "extra-fields":
      return withExtraFields(answer);
    case "nulls":
      return withNulls(answer, nullableFields);
    case "wrong-amount":
      return { ...answer, totalAmount: Number(answer.totalAmount ?? 0) + 1000 };
    case "other-payments-answer": {
      const other = world.state.otherThan(answer.orderId);
      if (other !== undefined) return renderPayment(other, world.baseUrl());
      return { ...answer, paymentKey: "tgen_anotherpayment", orderId: "another-order", totalAmount: 990 };
    }
    default:
      return answer;
  }
}
