import { Type } from "typebox";
import { id, instantField, oneOf, text, versionField, wonField } from "#platform/core/fields.ts";
import { operation } from "#platform/core/operation.ts";

const cartLineId = id("cartLine");
const quantity = Type.Integer({ minimum: 1, maximum: 99 });
const optionIds = Type.Array(id("option"), { maxItems: 50, uniqueItems: true });
const kind = oneOf(["FOOD", "GOODS"]);
/** Why a line cannot be ordered as it stands. */
const lineMark = oneOf(["ITEM_GONE", "ITEM_PAUSED", "SOLD_OUT", "OPTION_GONE", "OPTION_SOLD_OUT", "OPTION_CHOICE"]);

/** Something that changed since the buyer last saw it (F4): shown until it is said to be seen, then never again. */
const CartNotice = Type.Object({
  noticeId: Type.String(),
  code: oneOf([...lineMark.enum, "PRICE_CHANGED", "STORE_CLOSED", "STORE_GONE"]),
  storeId: id("store"),
  cartLineId: Type.Optional(cartLineId),
  args: Type.Record(Type.String(), Type.Union([Type.String(), Type.Integer()])),
  /** In the language of the request. */
  text: Type.String(),
});

const CartLine = Type.Object({
  cartLineId,
  itemId: id("item"),
  name: text(100),
  options: Type.Array(Type.Object({ optionId: id("option"), name: Type.String() })),
  quantity: Type.Integer(),
  /** Absent when it has no price any more. */
  unitPrice: Type.Optional(wonField()),
  amount: wonField({ description: "주문할 수 없는 줄은 0 · 0 when it cannot be ordered" }),
  marks: Type.Array(lineMark),
});

const CartStore = Type.Object({
  storeId: id("store"),
  storeName: Type.String(),
  openNow: Type.Boolean(),
  nextOpening: Type.Optional(instantField()),
  lines: Type.Array(CartLine),
  itemsTotal: wonField(),
  minOrder: wonField(),
  shortOfMinOrder: wonField(),
  /** An estimate: of parcels always, of food only when an area is named that the store serves. */
  deliveryFee: Type.Optional(wonField()),
});

/** Two baskets side by side: food of one store, and goods of any stores. One order is placed from one of them. */
const Cart = Type.Object({
  baskets: Type.Array(Type.Object({ kind, stores: Type.Array(CartStore), itemsTotal: wonField() })),
  notices: Type.Array(CartNotice),
});

const buyer = { service: "cart", access: ["BUYER"], output: Cart } as const;
const choiceProblems = [
  "cart.item_not_found",
  "cart.item_not_on_sale",
  "cart.sold_out",
  "cart.option_not_available",
  "cart.option_choice",
  "cart.quantity_limit",
] as const;

export const getCart = operation({
  ...buyer,
  name: "getCart",
  method: "GET",
  path: "/cart",
  summary: { ko: "장바구니", en: "The cart, priced now, with what changed since it was last seen" },
  input: Type.Object({
    area: Type.Optional(
      Type.String({ pattern: "^\\d{10}$", description: "배달비를 어림할 법정동 코드 · legal district" }),
    ),
  }),
  problems: [],
  idempotency: "safe",
});

export const addCartLine = operation({
  ...buyer,
  name: "addCartLine",
  method: "POST",
  path: "/cart/lines",
  summary: { ko: "장바구니에 담는다", en: "Put an item into the cart" },
  input: Type.Object({
    itemId: id("item"),
    optionIds,
    quantity,
    /** The answer to cart.other_store: let go of the other store's food. */
    replace: Type.Optional(Type.Boolean()),
  }),
  status: 201,
  problems: [...choiceProblems, "cart.other_store", "cart.full"],
  idempotency: "key",
});

export const changeCartLine = operation({
  ...buyer,
  name: "changeCartLine",
  method: "PATCH",
  path: "/cart/lines/:cartLineId",
  summary: { ko: "수량이나 옵션을 바꾼다", en: "Change the quantity or the options of a line" },
  input: Type.Object({ cartLineId, quantity: Type.Optional(quantity), optionIds: Type.Optional(optionIds) }),
  problems: ["cart.line_not_found", ...choiceProblems],
  idempotency: "key",
});

export const removeCartLine = operation({
  ...buyer,
  name: "removeCartLine",
  method: "DELETE",
  path: "/cart/lines/:cartLineId",
  summary: { ko: "장바구니에서 뺀다", en: "Take a line out of the cart" },
  input: Type.Object({ cartLineId }),
  problems: ["cart.line_not_found"],
  idempotency: "key",
});

export const clearCart = operation({
  ...buyer,
  name: "clearCart",
  method: "DELETE",
  path: "/cart",
  summary: { ko: "장바구니를 비운다", en: "Empty the cart, or one of its baskets" },
  input: Type.Object({ kind: Type.Optional(kind) }),
  problems: [],
  idempotency: "key",
});

/**
 * A visitor's cart is kept by their own browser until they sign in; then it joins the account's, whose lines go first
 * (F7). What can no longer be bought, and food of another store, is left out and told.
 */
export const joinCart = operation({
  ...buyer,
  name: "joinCart",
  method: "POST",
  path: "/cart/joining",
  summary: { ko: "로그인 전에 담은 것을 합친다", en: "Let what was collected before signing in join the cart" },
  input: Type.Object({
    lines: Type.Array(Type.Object({ itemId: id("item"), optionIds, quantity }), { minItems: 1, maxItems: 100 }),
  }),
  output: Type.Object({
    ...Cart.properties,
    leftOut: Type.Array(
      Type.Object({ itemId: id("item"), code: oneOf([...choiceProblems, "cart.other_store", "cart.full"]) }),
    ),
  }),
  problems: [],
  idempotency: "key",
});

/** Names what was shown: a change that came after it stays unseen. */
export const markNoticesSeen = operation({
  ...buyer,
  name: "markNoticesSeen",
  method: "POST",
  path: "/cart/notices/seen",
  summary: { ko: "바뀐 것을 확인했다", en: "Say that notices have been seen" },
  input: Type.Object({ noticeIds: Type.Array(Type.String({ minLength: 1, maxLength: 120 }), { maxItems: 500 }) }),
  problems: [],
  idempotency: "key",
});

/** The lines that an order is placed from; refused while there are changes the buyer has not seen (F6). */
export const readCartForOrder = operation({
  service: "cart",
  name: "readCartForOrder",
  method: "GET",
  path: "/internal/carts/:accountId",
  access: "service",
  summary: { ko: "주문할 장바구니를 읽는다", en: "Read a cart to place an order from" },
  input: Type.Object({
    accountId: id("account"),
    /** Absent: all lines (F5). */
    cartLineIds: Type.Optional(Type.Array(id("cartLine"), { maxItems: 100 })),
  }),
  output: Type.Object({
    lines: Type.Array(
      Type.Object({
        cartLineId: id("cartLine"),
        itemId: id("item"),
        optionIds: Type.Array(id("option")),
        quantity: Type.Integer({ minimum: 1 }),
        /** The version that the buyer was shown: an order whose own view is older asks catalog (MECHANISMS.md §11). */
        itemVersion: Type.Optional(versionField()),
      }),
    ),
  }),
  problems: ["cart.empty", "cart.unseen_changes", "cart.line_not_found"],
  idempotency: "safe",
});
