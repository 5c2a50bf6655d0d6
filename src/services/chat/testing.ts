import assert from "node:assert/strict";
import { openOrderRoom, openStoreRoom, sendMessage } from "#contracts/chat/operations.ts";
import { accountRegistered } from "#contracts/identity/events.ts";
import { getStoreOrderPeople } from "#contracts/order/operations.ts";
import { storeChanged } from "#contracts/store/events.ts";
import { isRefusal } from "#platform/core/decision.ts";
import type { Answer, Caller, Operation, OutputOf } from "#platform/core/operation.ts";
import type { StoredFact } from "#platform/facts/change.ts";
import { standIn, startApp, type TestApp } from "#platform/testing/app.ts";
import { buyer, operator, seller } from "#platform/testing/people.ts";
import { evolve } from "./domain/evolve.ts";
import { invariants } from "./invariants.ts";
import { chat } from "./service.ts";

export function id(prefix: string, n: number): string {
  return `${prefix}_01jd7x${String(n).padStart(20, "0")}`;
}

/** People and stores by number, and the part of a paid order between the first buyer and the first store. */
export const people = {
  buyer: buyer(id("acc", 1)),
  seller: seller(id("acc", 2)),
  otherBuyer: buyer(id("acc", 3)),
  otherSeller: seller(id("acc", 4)),
  operator: operator(id("acc", 5)),
};
export const [storeId, otherStoreId, draftStoreId] = [id("str", 1), id("str", 2), id("str", 3)];
export const storeOrderId = id("sto", 1);
const idOf = (who: Caller) => who.id ?? "";

export async function settleTown(app: TestApp): Promise<void> {
  const { buyer: one, seller: owner, otherBuyer, otherSeller } = people;
  for (const [who, nickname] of [
    [one, "먹보"],
    [owner, "떡볶이사장"],
    [otherBuyer, "단골"],
    [otherSeller, "찌개사장"],
  ] as const) {
    const accountId = idOf(who);
    app.say(accountRegistered, accountId, { accountId, roles: ["BUYER"], nickname });
  }
  const store = (id: string, who: Caller, name: string, status: "APPROVED" | "DRAFT") =>
    app.say(storeChanged, id, { ...storeChanged.example, storeId: id, sellerId: idOf(who), name, status });
  store(storeId, owner, "마당분식", "APPROVED");
  store(otherStoreId, otherSeller, "찌개집", "APPROVED");
  store(draftStoreId, otherSeller, "준비 중", "DRAFT");
  await app.settle();
}

/** The chat service by itself, with these people and stores. */
export async function startTown(): Promise<TestApp> {
  const app = await startApp({
    services: [chat],
    answers: [orders],
    settings: { chat: { imageHosts: ["images.madang.example"] } },
  });
  await settleTown(app);
  return app;
}

/** The order service, as far as chat asks it: it has one paid order, of one part. */
export const orders = standIn(getStoreOrderPeople, ({ storeOrderId: partId }) => {
  if (partId !== storeOrderId) return { refused: "order.not_found" };
  return { orderId: id("ord", 1), storeId, buyerId: idOf(people.buyer), sellerId: idOf(people.seller) };
});

/** An answer that must not be a refusal. */
export function done<Op extends Operation>(answer: Answer<Op>): OutputOf<Op> {
  if (isRefusal(answer)) throw new Error(`refused: ${JSON.stringify(answer)}`);
  return answer as OutputOf<Op>;
}

export async function storeRoom(app: TestApp, who = people.buyer, at = storeId): Promise<string> {
  return done<typeof openStoreRoom>(await app.call(openStoreRoom, { storeId: at }, who)).roomId;
}

export async function orderRoom(app: TestApp, who = people.buyer): Promise<string> {
  return done<typeof openOrderRoom>(await app.call(openOrderRoom, { storeOrderId }, who)).roomId;
}

export const newMessageId = (app: TestApp) => app.app.ids.make("message");

export function say(app: TestApp, roomId: string, who: Caller, text: string, messageId = newMessageId(app)) {
  return app.call(sendMessage, { roomId, messageId, text }, who);
}

/** All invariants hold, and replaying every fact gives the live rows of rooms and reports. */
export async function sound(app: TestApp): Promise<void> {
  for (const { id: name, sql } of invariants) assert.deepEqual(await app.adminSql(sql), [], name);
  const facts = await app.sql<StoredFact>(
    "chat",
    "select stream, version, type, data, meta, at from facts order by position",
  );
  const replayed = new Map<string, unknown>();
  for (const fact of facts) replayed.set(fact.stream, evolve(replayed.get(fact.stream), fact));
  const text = "select key, data from states where starts_with(key, 'rom_') or starts_with(key, 'rpt_')";
  const rows = await app.sql<{ key: string; data: unknown }>("chat", text);
  const live = new Map(rows.map((row) => [row.key, row.data]));
  assert.deepEqual(new Map([...replayed].sort()), new Map([...live].sort()));
}
