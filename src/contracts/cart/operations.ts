import { Type } from "typebox";
import { id } from "#platform/core/fields.ts";
import { operation } from "#platform/core/operation.ts";

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
      }),
    ),
  }),
  problems: ["cart.empty", "cart.unseen_changes", "cart.line_not_found"],
  idempotency: "safe",
});
