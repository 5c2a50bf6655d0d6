import type { TestContext } from "node:test";
import { ask } from "../shared/testing.ts";
import { type FakeKakaoPayOptions, fakeKakaoPaySecretKey, startFakeKakaoPay } from "./server.ts";

/** A fake KakaoPay that closes itself after the test, and a merchant who talks to it over HTTP. */
export async function kakaoPayFor(test: TestContext, options: FakeKakaoPayOptions = {}) {
  const kakaoPay = await startFakeKakaoPay({ seed: 1, ...options });
  test.after(() => kakaoPay.close());
  const call = (operation: string, body: object, timeoutMs = 5_000) =>
    ask(`${kakaoPay.url}/online/v1/payment/${operation}`, {
      body: { cid: "TC0ONETIME", ...body },
      headers: { authorization: `SECRET_KEY ${fakeKakaoPaySecretKey}` },
      timeoutMs,
    });
  const who = (orderId: string) => ({ partner_order_id: orderId, partner_user_id: "buyer-1" });
  const ready = (orderId: string, input: object = {}) =>
    call("ready", {
      ...who(orderId),
      item_name: "비빔밥",
      quantity: 1,
      total_amount: 15_000,
      tax_free_amount: 0,
      approval_url: `http://localhost:3000/kakao/${orderId}/approve?try=1`,
      cancel_url: `http://localhost:3000/kakao/${orderId}/cancel`,
      fail_url: `http://localhost:3000/kakao/${orderId}/fail`,
      ...input,
    });
  /** ready and the buyer's consent. */
  const agreed = async (orderId: string, input?: object) => {
    const { tid } = (await ready(orderId, input)).value;
    const { pg_token } = (await ask(`${kakaoPay.url}/fake/authorize`, { body: { tid } })).value;
    return { tid, pg_token, ...who(orderId) };
  };
  const paid = async (orderId: string, input?: object): Promise<string> => {
    const approval = await agreed(orderId, input);
    await call("approve", approval);
    return approval.tid;
  };
  const cancel = (tid: string, amount: number, more: object = {}) =>
    call("cancel", { tid, cancel_amount: amount, cancel_tax_free_amount: 0, ...more });
  const truth = async (orderId: string) => (await ask(`${kakaoPay.url}/fake/truth/${orderId}`)).value;
  const fault = (order: object) => ask(`${kakaoPay.url}/fake/faults`, { body: order });
  return { kakaoPay, call, ready, agreed, paid, cancel, truth, fault };
}
