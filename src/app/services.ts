import type { AnyService } from "#platform/service.ts";
import { cart } from "../services/cart/service.ts";
import { catalog } from "../services/catalog/service.ts";
import { invariants as chatInvariants } from "../services/chat/invariants.ts";
import { chat } from "../services/chat/service.ts";
import { identity } from "../services/identity/service.ts";
import { order } from "../services/order/service.ts";
import { invariants as paymentInvariants } from "../services/payment/invariants.ts";
import { payment } from "../services/payment/service.ts";
import { invariants as stockInvariants } from "../services/stock/invariants.ts";
import { stock } from "../services/stock/service.ts";
import { storeService } from "../services/store/service.ts";
import { invariants as walletInvariants } from "../services/wallet/invariants.ts";
import { wallet } from "../services/wallet/service.ts";
import type { Invariant } from "./invariants/invariant.ts";

/** Every service there is: the only file that names them all. */
export const allServices: readonly AnyService[] = [
  identity,
  storeService,
  catalog,
  stock,
  cart,
  order,
  payment,
  wallet,
  chat,
];

/** What each service says must hold in its own database at any instant. */
export const serviceInvariants: readonly Invariant[] = [
  ...stockInvariants,
  ...paymentInvariants,
  ...walletInvariants,
  ...chatInvariants,
];
