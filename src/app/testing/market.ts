import { createItem } from "#contracts/catalog/operations.ts";
import type { placeOrder } from "#contracts/order/operations.ts";
import { confirmPayment, startAttempt } from "#contracts/payment/buyer-operations.ts";
import { adjustStock } from "#contracts/stock/operations.ts";
import * as stores from "#contracts/store/operations.ts";
import { fakeKakaoPaySecretKey, startFakeKakaoPay } from "#fakes/kakaopay/server.ts";
import { fakeTossSecretKey, startFakeToss } from "#fakes/toss/server.ts";
import { isRefusal } from "#platform/core/decision.ts";
import type { Answer, Caller, InputOf, Operation, OutputOf } from "#platform/core/operation.ts";
import { startApp, type TestApp, type TestAppOptions } from "#platform/testing/app.ts";
import { buyer, operator, seller } from "#platform/testing/people.ts";
import { allServices } from "../services.ts";

/** The fake gateways, in this process: the outside world of the tests. */
export interface Gateways {
  readonly toss: Awaited<ReturnType<typeof startFakeToss>>;
  readonly kakaopay: Awaited<ReturnType<typeof startFakeKakaoPay>>;
  close(): Promise<void>;
}

export async function startGateways(): Promise<Gateways> {
  const [toss, kakaopay] = await Promise.all([startFakeToss({ port: 0 }), startFakeKakaoPay({ port: 0 })]);
  return {
    toss,
    kakaopay,
    close: async () => {
      await Promise.all([toss.close(), kakaopay.close()]);
    },
  };
}

/** Settings under which all services run against the fakes. */
export function marketSettings(gateways: Gateways, changes: TestAppOptions["settings"] = {}) {
  return {
    ...changes,
    identity: { keySecret: "test-secret-of-more-than-32-characters", ...changes.identity },
    payment: {
      tossBaseUrl: gateways.toss.url,
      tossPageUrl: `${gateways.toss.url}/pay`,
      tossClientKey: "test_ck_madang",
      tossSecretKey: fakeTossSecretKey,
      kakaopayBaseUrl: gateways.kakaopay.url,
      kakaopaySecretKey: fakeKakaoPaySecretKey,
      ...changes.payment,
    },
    order: { doubleWithinSeconds: 0, ...changes.order },
  };
}

/** The whole house against the fakes. */
export async function startMarket(gateways: Gateways, options: Partial<TestAppOptions> = {}): Promise<TestApp> {
  return startApp({ services: allServices, ...options, settings: marketSettings(gateways, options.settings) });
}

/** An answer that must not be a refusal. */
export function done<Op extends Operation>(answer: Answer<Op>): OutputOf<Op> {
  if (isRefusal(answer)) throw new Error(`refused: ${JSON.stringify(answer)}`);
  return answer as OutputOf<Op>;
}

export interface Stall {
  readonly storeId: string;
  readonly sellerId: string;
  readonly owner: Caller;
  readonly kind: "FOOD" | "GOODS";
}

/** Each day from midnight to midnight, in minutes of the week. */
const ALWAYS_OPEN = [0, 1, 2, 3, 4, 5, 6].map((day) => ({ opensAt: day * 1440, closesAt: (day + 1) * 1440 }));

const operatorId = "acc_01jd7x00000000000000000per";

/** An approved store of a new seller: food by pickup and delivery, goods by parcel. */
export async function openStall(market: TestApp, kind: "FOOD" | "GOODS", name: string): Promise<Stall> {
  const sellerId = market.app.ids.make("account");
  const owner = seller(sellerId);
  const profile =
    kind === "FOOD"
      ? {
          fulfilments: ["PICKUP" as const, "DELIVERY" as const],
          deliveryAreas: [{ area: "1168010100", fee: 3000 }],
          categories: ["010101"],
          hours: ALWAYS_OPEN,
        }
      : { categories: ["02"], fulfilments: ["PARCEL" as const], deliveryAreas: [{ area: "ALL", fee: 2500 }] };
  const company = { businessRegistrationNo: registrationNo(sellerId), name, phone: "02-123-4567" };
  done(await market.call(stores.saveCompany, company, owner));
  const { storeId } = done(await market.call(stores.createStore, { name, kind, ...profile }, owner));
  done(await market.call(stores.submitStore, { storeId }, owner));
  done(await market.call(stores.approveStore, { storeId, comment: "환영합니다" }, operator(operatorId)));
  done(await market.call(stores.switchStore, { storeId, open: true }, owner));
  await market.settle();
  return { storeId, sellerId, owner, kind };
}

/** Nine digits of the account's chance and the check digit of Korean business registration numbers. */
function registrationNo(accountId: string): string {
  const digits = [...accountId.slice(-9)].map((char) => char.charCodeAt(0) % 10);
  const weights = [1, 3, 7, 1, 3, 7, 1, 3, 5];
  const sum = digits.reduce((all, digit, at) => all + digit * (weights[at] ?? 0), 0);
  const check = (10 - ((sum + Math.floor(((digits[8] ?? 0) * 5) / 10)) % 10)) % 10;
  return [...digits, check].join("");
}

/** An item on sale; goods with a stock. */
export async function putItem(
  market: TestApp,
  stall: Stall,
  name: string,
  basePrice: number,
  stock?: number,
): Promise<string> {
  const input = { storeId: stall.storeId, name, basePrice, category: stall.kind === "FOOD" ? "01" : "02" };
  const { itemId } = done(await market.call(createItem, input, stall.owner));
  await market.settle();
  if (stock !== undefined) {
    const adjustment = { skuId: itemId, unlimited: false, available: stock, reason: "입고" };
    done(await market.call(adjustStock, adjustment, stall.owner));
    await market.settle();
  }
  return itemId;
}

export interface Basket {
  readonly stalls: readonly Stall[];
  readonly lines: readonly { readonly itemId: string; readonly quantity: number }[];
  readonly total: number;
}

const address = {
  area: "1168010100",
  recipient: "김마당",
  phone: "010-1234-5678",
  zipcode: "06236",
  road: "서울 강남구 테헤란로 1",
  detail: "101호",
};

export function orderInput(market: TestApp, { stalls, lines, total }: Basket): InputOf<typeof placeOrder> {
  const handovers = stalls.map(({ storeId, kind }) =>
    kind === "FOOD" ? { storeId, fulfilment: "PICKUP" as const } : { storeId, fulfilment: "PARCEL" as const, address },
  );
  const wanted = lines.map((line) => ({ ...line, optionIds: [] }));
  return { orderId: market.app.ids.make("order"), lines: wanted, handovers, expectedTotal: total };
}

export function newBuyer(market: TestApp): Caller {
  return buyer(market.app.ids.make("account"));
}

/** Pays a placed order with Toss as the storefront does: window, then confirm. */
export async function payWithToss(
  market: TestApp,
  gateways: Gateways,
  order: { readonly paymentId?: string | undefined; readonly payable: number },
  who: Caller,
): Promise<Answer<typeof confirmPayment>> {
  const paymentId = order.paymentId ?? "";
  const attempt = done(await market.call(startAttempt, { paymentId, gateway: "toss" }, who));
  const { gatewayOrderId = "" } = attempt.checkout ?? {};
  const { paymentKey } = gateways.toss.authorize({ orderId: gatewayOrderId, amount: order.payable });
  const { attemptId } = attempt;
  return market.call(confirmPayment, { paymentId, attemptId, amount: order.payable, paymentKey }, who);
}
