import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { acceptStoreOrder, rejectStoreOrder } from "#contracts/order/seller-operations.ts";
import { password } from "../../matrix/people.ts";
import { openTown, place, placePaid, type Town } from "../../matrix/town.ts";
import { type Program, startProgram } from "../../testing/program.ts";

let town: Town;
let port: string;
before(async () => {
  town = await openTown();
  port = new URL(await town.door.server.listen({ host: "127.0.0.1", port: 0 })).port;
});
after(() => town.close());

function watch(account: string, ...args: string[]): Program {
  const own = ["watch", `--port=${port}`, "--account", account, ...args];
  return startProgram({ args: own, env: { MADANG_PASSWORD: password } });
}

async function says(program: Program, text: RegExp): Promise<void> {
  for (let waitedMs = 0; !text.test(program.output()); waitedMs += 20) {
    assert.ok(waitedMs < 20_000, `it never said ${text}:\n${program.output()}`);
    await pause(20);
  }
}

test("a person follows an order to its end, and then the command is over", async () => {
  const { orderId, storeOrderId } = await placePaid(town);
  const program = watch(town.buyer.email, "--order=last");
  await says(program, /결제됨 · paid/);
  await town.done(rejectStoreOrder, { orderId, storeOrderId, reason: "재료 소진" }, town.seller);
  assert.equal(await program.ended, 0);
  assert.match(program.output(), /거절됨 · rejected {2}환불 · refunded 5,000원/);
});

test("a seller sees an order arrive, with its lines, and what becomes of it", async () => {
  const queue = watch(town.seller.email, "--store", town.food.storeId);
  const kitchen = watch(town.seller.email, "--store", town.food.storeId, "--kitchen");
  await Promise.all([says(queue, /기다리는 주문 · waiting/), says(kitchen, /주방 · kitchen \d/)]);
  const { orderId, storeOrderId } = await placePaid(town);
  await says(queue, /새 주문 · new order .*5,000원 {2}포장 · pickup.*까지 · accept by\n +상품 \d+ × 1\n/);
  await town.done(acceptStoreOrder, { orderId, storeOrderId, estimatedMinutes: 20 }, town.seller);
  await Promise.all([
    says(queue, /\d {2}\d{6}-\w{5}-\w{5} {2}수락 · accepted\n/),
    says(kitchen, /수락 · accepted\n.*× 1/),
  ]);
  for (const program of [queue, kitchen]) await program.ctrlC();
});

test("what is another's, or nobody's, is told in words", async () => {
  const { orderId } = await place(town);
  const others = watch(town.seller.email, `--order=${orderId}`);
  assert.equal(await others.ended, 1);
  assert.match(others.output(), /order\.not_found|auth\.forbidden/);
  const nowhere = watch(town.seller.email, "--store=없는가게");
  assert.equal(await nowhere.ended, 1);
  assert.match(nowhere.output(), /없는가게: 그런 가게가 없습니다/);
});
