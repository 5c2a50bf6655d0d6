import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { won } from "#platform/core/money.ts";
import { testCompartment } from "./gateway.conformance.ts";
import type { Gateway } from "./gateway.ts";
import { createKakaoPay } from "./kakaopay.ts";
import { kakaoPayErrors } from "./kakaopay-errors.ts";
import { createToss } from "./toss.ts";
import { tossErrors } from "./toss-errors.ts";

/** A gateway that answers anything at all. */
let server: Server;
let next = { status: 200, body: "" };
let gateways: Gateway[] = [];

before(async () => {
  server = createServer((_request, response) => {
    response.writeHead(next.status, { "content-type": "application/json" });
    response.end(next.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const compartment = testCompartment(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const toss = { clientKey: "test_ck_x", secretKey: "test_sk_x", pageUrl: "http://127.0.0.1:1/pay" };
  gateways = [createToss(toss, compartment), createKakaoPay({ cid: "TC0ONETIME", secretKey: "x" }, compartment)];
});
after(async () => {
  await Promise.all(gateways.map((gateway) => gateway.close()));
  server.close();
});

const names = ["status", "paymentKey", "orderId", "totalAmount", "balanceAmount", "tid", "partner_order_id", "amount"];
const values = fc.oneof(
  fc.constantFrom("DONE", "SUCCESS_PAYMENT", "CANCELED", "tgen_1", "att_1", null, -1, 1.5, 12_000, 2 ** 60),
  fc.jsonValue(),
);
const bodies = fc.oneof(
  fc.string(),
  fc.json(),
  fc.constant("<!doctype html><title>점검 중</title>"),
  fc.dictionary(fc.constantFrom(...names, "code", "error_code", "aid"), values).map((one) => JSON.stringify(one)),
  fc.constantFrom(...tossErrors.keys(), "NEW_CODE").map((code) => JSON.stringify({ code, message: "" })),
  fc.integer({ min: -999, max: 0 }).map((error_code) => JSON.stringify({ error_code })),
);

test("whatever a gateway answers, a no is listed and a yes is about the payment asked for (R1, R9)", async () => {
  const base = { gatewayPaymentId: "tgen_1", reference: "att_1", total: won(12_000), key: "k", buyerId: "acc_1" };
  const cancel = { ...base, amount: won(1_000), guardAmount: won(12_000), reason: "취소" };
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(200, 200, 201, 400, 403, 404, 409, 429, 500, 502),
      bodies,
      async (status, body) => {
        next = { status, body };
        for (const gateway of gateways) {
          const table = gateway.name === "toss" ? tossErrors : kakaoPayErrors;
          for (const answer of [await gateway.confirm(base), await gateway.query(base), await gateway.cancel(cancel)]) {
            if (answer.outcome === "refused") assert.ok(table.has(answer.code) && status >= 400 && status < 500);
            if (answer.outcome !== "done") continue;
            assert.equal(status, 200);
            assert.deepEqual([answer.view.gatewayPaymentId, answer.view.reference], ["tgen_1", "att_1"]);
            assert.equal(answer.view.amount, 12_000);
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});
