import type { OrderDetail } from "#contracts/order/shapes.ts";
import type { confirmPayment } from "#contracts/payment/buyer-operations.ts";
import type { listStores } from "#contracts/store/operations.ts";
import type { getOrderLedger } from "#contracts/wallet/operations.ts";
import type { OutputOf } from "#platform/core/operation.ts";

export type Order = OrderDetail;
export type Payment = OutputOf<typeof confirmPayment>;
export type Store = OutputOf<typeof listStores>["stores"][number];
export type Ledger = OutputOf<typeof getOrderLedger>;
