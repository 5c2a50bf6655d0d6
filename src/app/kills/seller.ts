import { setTimeout as pause } from "node:timers/promises";
import type { Ask } from "./ask.ts";
import type { Seeded } from "./seeded.ts";
import { logIn } from "./town.ts";

export interface Selling {
  readonly ask: Ask;
  readonly email: string;
  readonly chance: Seeded;
  /** Nobody orders any more: what is there is finished, then this seller is done. */
  readonly isClosing: () => boolean;
}

interface Waiting {
  readonly orderId: string;
  readonly storeOrderId: string;
  readonly status: string;
  readonly fulfilment: string;
}

/** What a seller does next with a part in this state. */
const NEXT: Readonly<Record<string, (fulfilment: string) => readonly [move: string, body: object]>> = {
  PAID: () => ["accept", { estimatedMinutes: 20 }],
  ACCEPTED: () => ["prepare", {}],
  PREPARING: (fulfilment) =>
    fulfilment === "PARCEL" ? ["ship", { carrier: "우체국", trackingNo: "1234567890" }] : ["ready", {}],
  READY: () => ["hand-over", {}],
  SHIPPED: () => ["deliver", {}],
};
const HANDS = 4;
/** Between two looks at the queue; shorter when there was something to do. */
const PAUSE_MS = { idle: 600, busy: 100 };
const REJECTED = 0.08;
/** Without anything to do, so often, it is over: what was paid last reaches the queue a moment later. */
const QUIET_LOOKS = 5;

/** The seller of a store: takes what comes in, says no now and then, and hands it over. */
export async function sellWithoutEnd({ ask, email, chance, isClosing }: Selling): Promise<void> {
  const token = await logIn(ask, email);
  const { body } = await ask<{ stores: { storeId: string }[] }>({
    ...{ op: "listMyStores", method: "GET", path: "/my/stores", token },
  });
  const queue = `/stores/${body.stores[0]?.storeId}/orders`;
  async function move({ orderId, storeOrderId, status, fulfilment }: Waiting): Promise<void> {
    const rejects = status === "PAID" && chance.happens(REJECTED);
    const [verb, fields] = rejects
      ? (["reject", { reason: "재료가 없어요" }] as const)
      : (NEXT[status]?.(fulfilment) ?? []);
    const path = `/orders/${orderId}/store-orders/${storeOrderId}/${verb}`;
    await ask({ op: `${verb}StoreOrder`, method: "POST", path, body: fields, token, about: orderId });
  }
  for (let quiet = 0; quiet < QUIET_LOOKS; ) {
    let moved = 0;
    for (const status of Object.keys(NEXT)) {
      const path = `${queue}?status=${status}&limit=${HANDS}`;
      const told = await ask<{ storeOrders: Waiting[] }>({ op: "listStoreOrders", method: "GET", path, token });
      await Promise.all(told.body.storeOrders.map(move));
      moved += told.body.storeOrders.length;
    }
    quiet = moved === 0 && isClosing() ? quiet + 1 : 0;
    await pause(moved === 0 ? PAUSE_MS.idle : PAUSE_MS.busy);
  }
}
