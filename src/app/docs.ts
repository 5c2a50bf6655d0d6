import type { OpenApiParts } from "#platform/http/openapi.ts";
import type { Config } from "./config.ts";
import { DEMO_PASSWORD, DEMO_PEOPLE } from "./demo/people.ts";

const ABOUT = `팀이 스스로 꾸리는 장터의 API입니다. 로그인(POST /sessions)에서 받은 accessToken을 **Authorize**에 넣고 써 보세요.
같은 요청을 다시 보낼 때만 같은 Idempotency-Key를 쓰고, 새 요청에는 새 값을 적어 주세요.

The API of a marketplace that a team runs itself. Log in (POST /sessions), put the accessToken into **Authorize**, try.
Use the same Idempotency-Key only to repeat a request; a new request takes a new one.`;

const { buyer, food, operator } = DEMO_PEOPLE;

/** The way of one order through this page, click by click. It names the demo's accounts, so only the demo has it. */
const FIRST_ORDER = [
  "### 주문 하나 해 보기 · One order, step by step",
  `1. **identity** \`POST /sessions\` \`${buyer.email}\` \`${DEMO_PASSWORD}\` → accessToken을 Authorize에 넣기`,
  "2. **store** `GET /stores` (keyword: 마당분식) → `storeId`",
  "3. **catalog** `GET /stores/{storeId}/items` → 모둠튀김의 `itemId` · the `itemId` of 모둠튀김",
  "4. **cart** `POST /cart/lines` 에 `itemId`, 두 개 · two of them",
  "5. **order** `POST /orders/quote` 에 `storeId` → `payable`",
  "6. **order** `POST /orders` 에 `storeId`, expectedTotal = `payable` → `paymentId`." +
    " 다음 주문은 orderId의 끝 글자를 바꿔서 · for another order change the end of orderId",
  "7. **payment** `POST /payments/{paymentId}/attempts` → `pageUrl`을 브라우저에서 열고 결제하기 · open it, press 결제하기",
  `8. **identity** \`POST /sessions\` \`${food.email}\` → Authorize에서 Logout, 새 토큰으로 · Logout there, the new token in`,
  "9. **order** `GET /stores/{storeId}/orders` → `storeOrderId`," +
    " 차례로 · then in turn `…/accept` `…/prepare` `…/ready` `…/hand-over`",
  "10. **order** `GET /orders/{orderId}` → `COMPLETED`." +
    ` 장부는 · the ledger: \`${operator.email}\`, **wallet** \`GET /ledger/orders/{orderId}\``,
].join("\n");

const TAGS = {
  identity: { ko: "회원", en: "Accounts, sessions, roles" },
  store: { ko: "가게", en: "Stores and their approval" },
  catalog: { ko: "상품", en: "Items and options" },
  stock: { ko: "재고", en: "Stock" },
  cart: { ko: "장바구니", en: "The cart" },
  order: { ko: "주문", en: "Orders, and the seller's part in them" },
  payment: { ko: "결제", en: "Payments, refunds, gateways" },
  wallet: { ko: "장부", en: "The ledger" },
  chat: { ko: "대화 (실시간은 WebSocket /chat/socket)", en: "Chat (live: WebSocket /chat/socket)" },
} as const;

const handover = { storeId: "str_…", fulfilment: "PICKUP" };

/** Bodies to begin with: what is made by chance for a schema is rarely what anybody wants to send. */
const EXAMPLES: Readonly<Record<string, unknown>> = {
  logIn: { email: buyer.email, password: DEMO_PASSWORD },
  signUp: { roles: ["BUYER"], email: "me@madang.test", password: "a-long-password", nickname: "나", name: "김마당" },
  addCartLine: { itemId: "itm_…", optionIds: [], quantity: 2, replace: true },
  changeCartLine: { quantity: 1 },
  quoteOrder: { fromCart: {}, handovers: [handover] },
  startAttempt: { gateway: "toss" },
  acceptStoreOrder: { estimatedMinutes: 20 },
  shipStoreOrder: { carrier: "CJ대한통운", trackingNo: "123456789012" },
  rejectStoreOrder: { reason: "재료가 떨어졌어요" },
  cancelOrder: { reason: "마음이 바뀌었어요" },
  switchStore: { open: true },
};

/** What stands on the page of the API, and in its document. `madeOrderId` goes into the example of an order. */
export function docsOf({ platform }: Config, madeOrderId: string): Omit<OpenApiParts, "operations" | "problems"> {
  const basket = { fromCart: {}, handovers: [handover] };
  const placeOrder = { orderId: madeOrderId, ...basket, expectedTotal: 11_000, evenIfDouble: true };
  return {
    title: "마당 Madang",
    version: "0.1.0",
    description: platform.demo ? `${ABOUT}\n\n${FIRST_ORDER}` : ABOUT,
    tags: TAGS,
    examples: { ...EXAMPLES, placeOrder },
  };
}
