import { createHash } from "node:crypto";
import * as contract from "#contracts/chat/operations.ts";
import { getStoreOrderPeople } from "#contracts/order/operations.ts";
import { isRefusal, reject } from "#platform/core/decision.ts";
import { idOfBytes, siblingId } from "#platform/core/ids.ts";
import type { Caller } from "#platform/core/operation.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import { type Room, type RoomFact, sideOf } from "../domain/room.ts";
import { storeOf } from "../views/known.ts";
import { inNameOf } from "./member.ts";
import { showRoomNow } from "./show-room.ts";

type Opening = Extract<RoomFact, { type: "RoomOpened" }>["data"];

export const openOrderRoom = handle(contract.openOrderRoom, async ({ storeOrderId }, caller, deps: Deps) => {
  const part = await deps.call(getStoreOrderPeople, { storeOrderId }, caller);
  // Whoever buys from their own store has nobody to talk to.
  if (isRefusal(part) || sideOf(part, caller.id) === undefined || part.buyerId === part.sellerId) {
    return reject("chat.order_not_found");
  }
  return open(deps, caller, siblingId("room", storeOrderId), { kind: "ORDER", storeOrderId, ...part });
});

export const openStoreRoom = handle(contract.openStoreRoom, async ({ storeId }, caller, deps: Deps) => {
  const buyerId = caller.id ?? "";
  const store = await storeOf(deps.sql, storeId);
  if (store === undefined) return reject("chat.store_not_found");
  if (store.sellerId === buyerId) return reject("chat.own_store");
  const roomId = idOfBytes("room", createHash("sha256").update(`${storeId} ${buyerId}`).digest());
  const before = (await deps.records.read([roomId])).get<Room>(roomId);
  // What was begun with a store goes on when it is suspended or closed; nothing new begins.
  if (before === undefined && store.status !== "APPROVED") return reject("chat.store_not_found");
  return open(deps, caller, roomId, { kind: "STORE", storeId, buyerId, sellerId: store.sellerId });
});

async function open(deps: Deps, caller: Caller, roomId: string, data: Opening) {
  const fact: RoomFact = { stream: roomId, type: "RoomOpened", data };
  const outcome = await deps.records.change<never>({
    ...inNameOf(caller),
    keys: [roomId],
    decide: (rows) => ({ facts: rows.get<Room>(roomId) === undefined ? [fact] : [] }),
  });
  return isRefusal(outcome) ? outcome : showRoomNow(deps, roomId, caller.id ?? "");
}
