import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { ask } from "./shared/testing.ts";
import { basicAuthorization } from "./toss/authorization.ts";
import { fakeTossSecretKey } from "./toss/server.ts";

/** Starts the command and waits for its one line. */
async function run(
  test: TestContext,
  ...args: string[]
): Promise<{ child: ChildProcess; toss: string; kakaopay: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "run.ts"), ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  test.after(() => child.kill("SIGKILL"));
  const [line] = (await once(createInterface({ input: child.stdout! }), "line")) as [string];
  return { child, ...JSON.parse(line) };
}

test("the command says where it listens and stops on SIGTERM, or when its parent is gone", async (t) => {
  const first = await run(t);
  assert.equal((await ask(`${first.toss}/fake/truth`)).status, 200);
  assert.equal((await ask(`${first.kakaopay}/fake/truth`)).status, 200);
  first.child.kill("SIGTERM");
  assert.deepEqual(await once(first.child, "exit"), [0, null]);
  const second = await run(t, "--with-parent");
  second.child.stdin?.end();
  assert.deepEqual(await once(second.child, "exit"), [0, null]);
});

test("with a book every answered effect survives kill -9, and so do the answers of its keys", async (t) => {
  const book = mkdtempSync(join(tmpdir(), "fake-book-"));
  t.after(() => rmSync(book, { recursive: true }));
  const headers = { authorization: basicAuthorization(fakeTossSecretKey), "idempotency-key": "confirm:1" };
  const confirm = async (url: string, input: unknown) => ask(`${url}/v1/payments/confirm`, { body: input, headers });
  const first = await run(t, "--book", book);
  const authorized = (await ask(`${first.toss}/fake/authorize`, { body: { orderId: "order-1", amount: 15_000 } }))
    .value;
  const answer = await confirm(first.toss, authorized);
  const cancel = { cancelReason: "변심", cancelAmount: 4_000 };
  const path = `/v1/payments/${authorized.paymentKey}/cancel`;
  assert.equal((await ask(`${first.toss}${path}`, { body: cancel, headers })).value.balanceAmount, 11_000);
  first.child.kill("SIGKILL");
  await once(first.child, "exit");
  appendFileSync(join(book, "toss.jsonl"), '{"effect":"capture","payment":{"torn');

  const second = await run(t, "--book", book);
  const truth = (await ask(`${second.toss}/fake/truth/order-1`)).value;
  assert.deepEqual([truth.captured, truth.refunded, truth.captures], [15_000, 4_000, 1]);
  const replayed = await confirm(second.toss, authorized);
  assert.equal(replayed.value.status, "DONE");
  assert.equal(replayed.value.approvedAt, answer.value.approvedAt);
  assert.equal((await ask(`${second.toss}/fake/truth`)).value.captured, 15_000);
});
