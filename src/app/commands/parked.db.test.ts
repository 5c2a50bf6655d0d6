import assert from "node:assert/strict";
import { after, before, mock, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { paymentApproved } from "#contracts/payment/events.ts";
import { startApp, type TestApp } from "#platform/testing/app.ts";
import { allServices } from "../services.ts";
import { parked as command } from "./parked.ts";

const wallet = allServices.filter(({ name }) => name === "wallet");
let app: TestApp;
before(async () => {
  app = await startApp({ services: wallet });
});
after(() => app.close());

/** The command as `main.ts` runs it, and what it prints. */
async function parked(...args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  let output = "";
  const print = (text: string) => {
    output += `${text}\n`;
  };
  const mocks = [mock.method(console, "log", print), mock.method(console, "error", print)];
  try {
    const code = await command(args, { DATABASE_URL: app.database.url, SERVICES: "wallet" });
    return { code, output };
  } finally {
    for (const one of mocks) one.mock.restore();
  }
}

const idOf = (prefix: string, n: number) => `${prefix}_01jd7x${String(n).padStart(20, "0")}`;

/** Captures that the ledger's facts refuse, so that their keys are parked. */
async function capturesThatCannotBePosted(...numbers: readonly number[]): Promise<() => Promise<unknown>> {
  await app.adminSql("alter table wallet.facts add constraint closed check (type <> 'JournalPosted') not valid");
  for (const n of numbers) {
    const line = { orderLineId: idOf("oln", n), storeOrderId: idOf("sto", n), sellerId: idOf("acc", 1), amount: 9_000 };
    app.say(paymentApproved, idOf("pay", n), {
      ...{ paymentId: idOf("pay", n), orderId: idOf("ord", n), gateway: "toss", method: "카드", amount: 9_000 },
      ...{ late: false, lines: [line], approvedAt: "2026-11-21T03:01:00.000Z" },
    });
  }
  await app.settle();
  return () => app.adminSql("alter table wallet.facts drop constraint closed");
}

const posted = () => app.sql("wallet", "select source_id from journals order by source_id");

test("an operator sees what is parked, tries it again, and is told what came of it", async () => {
  assert.match((await parked()).output, /nothing is parked/);
  const open = await capturesThatCannotBePosted(1, 2);
  const seen = await parked();
  assert.equal(seen.code, 0);
  for (const n of [1, 2]) assert.ok(seen.output.includes(`wallet payment ${idOf("pay", n)}\n`), seen.output);
  assert.match(seen.output, /payment\.approved\.v1.*tries 3.*behind it 0\n.*violates check constraint "closed"/);

  const again = await parked("retry", "wallet", "payment", idOf("pay", 1));
  assert.equal(again.code, 1, again.output);
  assert.match(again.output, /✗ .*left 1: .*violates check constraint "closed"/);
  assert.match((await parked()).output, /tries 4/);
  assert.deepEqual(await posted(), []);

  await open();
  const one = await parked("retry", "wallet", "payment", idOf("pay", 1));
  assert.equal(one.code, 0, one.output);
  assert.deepEqual(await posted(), [{ source_id: idOf("pay", 1) }]);
  assert.match((await parked()).output, new RegExp(idOf("pay", 2)), "the other key was not asked for");
  const rest = await parked("retry", "wallet");
  assert.deepEqual([rest.code, rest.output.match(/✓/g)?.length], [0, 1], rest.output);
  assert.equal((await posted()).length, 2);
  assert.match((await parked()).output, /nothing is parked/);
});

test("what is not parked, and words that mean nothing, are told so", async () => {
  const nothing = await parked("retry", "wallet", "payment", idOf("pay", 9));
  assert.deepEqual([nothing.code, /nothing of the kind/.test(nothing.output)], [1, true], nothing.output);
  for (const words of [["drop"], ["list", "wallet"], ["retry"], ["retry", "a", "b", "c", "d"]]) {
    const { code, output } = await parked(...words);
    assert.deepEqual([code, /parked retry <consumer>/.test(output)], [2, true], output);
  }
});

test("a wish is kept until a process runs that can carry it out", async () => {
  const open = await capturesThatCannotBePosted(3);
  await open();
  const { database } = app;
  await app.app.close();
  const wished = await parked("retry", "wallet");
  assert.equal(wished.code, 1);
  assert.match(wished.output, /nobody has taken it up yet/);
  const next = await startApp({ services: wallet, database });
  try {
    const isPosted = async () =>
      (await next.sql("wallet", "select 1 from journals where source_id = $1", [idOf("pay", 3)])).length === 1;
    for (let tries = 0; tries < 100 && !(await isPosted()); tries++) await pause(50);
    assert.ok(await isPosted());
  } finally {
    await next.close();
  }
});
