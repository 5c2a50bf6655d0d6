import type { TestContext } from "node:test";
import { ask } from "../shared/testing.ts";
import { basicAuthorization } from "./authorization.ts";
import { type FakeTossOptions, fakeTossSecretKey, startFakeToss } from "./server.ts";

/** A fake Toss that closes itself after the test, and a merchant who talks to it over HTTP. */
export async function tossFor(test: TestContext, options: FakeTossOptions = {}) {
  const toss = await startFakeToss({ seed: 1, ...options });
  test.after(() => toss.close());
  const authorization = basicAuthorization(fakeTossSecretKey);
  const post = (path: string, body: unknown, headers: Record<string, string> = {}, timeoutMs = 5_000) =>
    ask(`${toss.url}${path}`, { body, timeoutMs, headers: { authorization, ...headers } });
  const merchant = {
    confirm: (input: unknown, headers?: Record<string, string>, timeoutMs?: number) =>
      post("/v1/payments/confirm", input, headers, timeoutMs),
    cancel: (paymentKey: string, input: object = {}, headers?: Record<string, string>) =>
      post(`/v1/payments/${paymentKey}/cancel`, { cancelReason: "구매자 변심", ...input }, headers),
    get: (paymentKey: string) => ask(`${toss.url}/v1/payments/${paymentKey}`, { headers: { authorization } }),
    getByOrder: (orderId: string) => ask(`${toss.url}/v1/payments/orders/${orderId}`, { headers: { authorization } }),
    fault: (fault: object) => ask(`${toss.url}/fake/faults`, { body: fault }),
    truth: async (orderId: string) => (await ask(`${toss.url}/fake/truth/${orderId}`)).value,
  };
  const paid = async (orderId: string, amount = 15_000) => {
    const authorized = toss.authorize({ orderId, amount });
    await merchant.confirm(authorized);
    return authorized;
  };
  return { toss, merchant, paid };
}
