import type { AnyService } from "#platform/service.ts";
import { cart } from "../services/cart/service.ts";
import { catalog } from "../services/catalog/service.ts";
import { identity } from "../services/identity/service.ts";
import { order } from "../services/order/service.ts";
import { payment } from "../services/payment/service.ts";
import { stock } from "../services/stock/service.ts";
import { storeService } from "../services/store/service.ts";
import { wallet } from "../services/wallet/service.ts";

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
];
