import { type Clock, createClock } from "../shared/clock.ts";
import { type Calls, controlReply, createCalls, wrongRequest } from "../shared/control.ts";
import { createFaults, type Faults } from "../shared/faults.ts";
import { createRandom } from "../shared/random.ts";
import { type Answer, type Call, json, parseObject, serve, withParameters } from "../shared/serve.ts";
import { createTruth, type Truth } from "../shared/truth.ts";
import { type KakaoRefusal, refuse } from "./errors.ts";
import { answerApi } from "./operations.ts";
import { answerPage } from "./page.ts";
import { createKakaoState, type KakaoState } from "./state.ts";

/** The key of the fake when none is handed in. It opens nothing but this fake. */
export const fakeKakaoPaySecretKey = "DEVfakeKakaoPayOfMadang";
export const kakaoPayOperations = ["ready", "approve", "order", "cancel", "authorize"] as const;

export type FakeKakaoPayOptions = {
  port?: number;
  host?: string;
  /** Default: `fakeKakaoPaySecretKey`. */
  secretKey?: string;
  /** Default: the test CID of one-off payments, TC0ONETIME. */
  cid?: string;
  /** Milliseconds since 1970; default the machine's clock. */
  now?: () => number;
  seed?: number;
  /** Folder of the durable book; without it everything is in memory only. */
  book?: string;
};

export type KakaoAuthorized = { pg_token: string; approvalUrl: string };

export type FakeKakaoPay = {
  url: string;
  clock: Clock;
  faults: Faults;
  truth: Truth;
  calls: Calls;
  state: KakaoState;
  /** The buyer's step without a page: a pg_token for a tid, or why not. */
  authorize(tid: string): KakaoAuthorized | KakaoRefusal;
  reset(): void;
  close(): Promise<void>;
};

/** Starts a fake KakaoPay on 127.0.0.1. Rejects when the port is taken. */
export async function startFakeKakaoPay(options: FakeKakaoPayOptions = {}): Promise<FakeKakaoPay> {
  const clock = createClock(options.now);
  const [faults, calls] = [createFaults(kakaoPayOperations), createCalls(kakaoPayOperations)];
  const truth = createTruth();
  const random = createRandom(options.seed);
  const bookFolder = options.book === undefined ? {} : { bookFolder: options.book };
  const state = createKakaoState({ clock, random, truth, ...bookFolder });
  const reset = (): void => {
    for (const part of [state, faults, truth, calls]) part.clear();
    clock.reset();
  };
  const authorize = (tid: string): KakaoAuthorized | KakaoRefusal => {
    calls.count("authorize");
    const payment = state.authenticate(tid);
    if ("error" in payment) return payment;
    const token = { pg_token: payment.pgToken! };
    return { ...token, approvalUrl: withParameters(payment.ready.approval_url, token) };
  };
  const secretKey = options.secretKey ?? fakeKakaoPaySecretKey;
  const served = await serve({
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.host === undefined ? {} : { host: options.host }),
    handle: (call) => handle(call),
  });
  const world = {
    ...{ state, faults, calls },
    cid: options.cid ?? "TC0ONETIME",
    // Development keys were once seen under a scheme of their own (§2).
    authorizations: new Set([`SECRET_KEY ${secretKey}`, `DEV_SECRET_KEY ${secretKey}`]),
    baseUrl: () => served.url,
  };
  const handle = (call: Call): Answer | Promise<Answer> => {
    if (call.path.startsWith("/online/v1/payment/")) return answerApi(call, world);
    if (call.path.startsWith("/pay/")) {
      if (call.method === "POST") calls.count("authorize");
      return answerPage(call, state);
    }
    if (call.method === "POST" && call.path === "/fake/authorize") {
      const tid = parseObject(call.body)?.tid;
      if (typeof tid !== "string") return wrongRequest("tid is the id that ready answered");
      const authorized = authorize(tid);
      return "error" in authorized ? refuse(authorized) : json(200, authorized);
    }
    return controlReply(call, { clock, faults, truth, calls, reset }) ?? refuse({ error: "unknown_path" });
  };
  return {
    ...{ clock, faults, truth, calls, state, authorize, reset },
    url: served.url,
    async close() {
      await served.close();
      await state.close();
    },
  };
}
