import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { statusOf } from "#fakes/toss/errors.ts";
import { type Instant, instant } from "#platform/core/time.ts";
import type { GatewayCall } from "../domain/gateway-answer.ts";
import { type ErrorClass, meaningOf } from "./error-table.ts";
import type { Exchanged } from "./exchange.ts";
import { kakaoPayErrors } from "./kakaopay-errors.ts";
import { tossErrors } from "./toss-errors.ts";

/** PAYMENT-GATEWAYS.md §1.8, copied once more by hand: the table is compared with it, not with itself. */
const papers: Readonly<Record<ErrorClass, string>> = {
  unknown: `FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING FAILED_INTERNAL_SYSTEM_PROCESSING UNKNOWN_PAYMENT_ERROR
    COMMON_ERROR FAILED_DB_PROCESSING FAILED_REFUND_PROCESS FAILED_METHOD_HANDLING_CANCEL FAILED_PARTIAL_REFUND
    PROVIDER_ERROR ALREADY_PROCESSED_PAYMENT DUPLICATED_ORDER_ID IDEMPOTENT_REQUEST_PROCESSING
    ALREADY_CANCELED_PAYMENT ALREADY_REFUND_PAYMENT`,
  declined: `REJECT_CARD_PAYMENT REJECT_ACCOUNT_PAYMENT REJECT_CARD_COMPANY REJECT_TOSSPAY_INVALID_ACCOUNT
    EXCEED_MAX_AUTH_COUNT EXCEED_MAX_ONE_DAY_AMOUNT NOT_AVAILABLE_BANK INVALID_PASSWORD FDS_ERROR INVALID_REJECT_CARD
    INVALID_STOPPED_CARD INVALID_CARD_EXPIRATION INVALID_CARD_NUMBER INVALID_CARD_LOST_OR_STOLEN
    EXCEED_MAX_DAILY_PAYMENT_COUNT EXCEED_MAX_PAYMENT_AMOUNT EXCEED_MAX_AMOUNT EXCEED_MAX_CARD_INSTALLMENT_PLAN
    INVALID_CARD_INSTALLMENT_PLAN NOT_SUPPORTED_INSTALLMENT_PLAN_CARD_OR_MERCHANT
    NOT_SUPPORTED_MONTHLY_INSTALLMENT_PLAN NOT_ALLOWED_POINT_USE BELOW_MINIMUM_AMOUNT RESTRICTED_TRANSFER_ACCOUNT
    EXCEED_MAX_ONE_DAY_WITHDRAW_AMOUNT EXCEED_MAX_ONE_TIME_WITHDRAW_AMOUNT INVALID_ACCOUNT_INFO_RE_REGISTER
    CARD_PROCESSING_ERROR NOT_AVAILABLE_PAYMENT MAINTAINED_METHOD INVALID_AUTHORIZE_AUTH`,
  session_gone:
    "NOT_FOUND_PAYMENT_SESSION NOT_FOUND_PAYMENT PAY_PROCESS_CANCELED PAY_PROCESS_ABORTED UNAPPROVED_ORDER_ID",
  our_fault: `INVALID_REQUEST INVALID_API_KEY NOT_FOUND_TERMINAL_ID NOT_REGISTERED_BUSINESS INVALID_UNREGISTERED_SUBMALL
    INVALID_IDEMPOTENCY_KEY UNAUTHORIZED_KEY FORBIDDEN_REQUEST INCORRECT_BASIC_AUTH_FORMAT`,
  cancel_refused: `INVALID_REFUND_ACCOUNT_INFO INVALID_REFUND_ACCOUNT_NUMBER INVALID_BANK
    EXCEED_CANCEL_AMOUNT_DISCOUNT_AMOUNT NOT_MATCHES_REFUNDABLE_AMOUNT REFUND_REJECTED FORBIDDEN_BANK_REFUND_REQUEST
    INVALID_REFUND_AMOUNT NOT_CANCELABLE_AMOUNT NOT_CANCELABLE_PAYMENT EXCEED_MAX_REFUND_DUE
    NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT NOT_ALLOWED_PARTIAL_REFUND NOT_CANCELABLE_PAYMENT_FOR_DORMANT_USER
    EXCEED_CANCEL_LIMIT`,
  try_again: "FORBIDDEN_CONSECUTIVE_REQUEST",
};

const at = instant(0) as Instant;
const answered = (status: number, call: GatewayCall = "confirm"): Exchanged => ({
  status,
  json: {},
  evidence: { call, at, durationMs: 1, httpStatus: status },
});

for (const [errorClass, codes] of Object.entries(papers)) {
  for (const code of codes.trim().split(/\s+/)) {
    test(`Toss ${code} is ${errorClass}`, () => {
      const meaning = tossErrors.get(code);
      assert.equal(meaning?.errorClass, errorClass);
      assert.equal(meaning?.httpStatus, statusOf(code), "the status of the papers");
      assert.ok(meaning?.source && meaning.confidence, "a source and how far it is trusted");
      const call = errorClass === "cancel_refused" || errorClass === "try_again" ? "cancel" : "confirm";
      const answer = meaningOf(tossErrors, answered(statusOf(code), call), code);
      const isNo = errorClass !== "unknown" && errorClass !== "our_fault";
      assert.equal(answer.outcome, isNo ? "refused" : "unknown");
    });
  }
}

test("a code that nobody has listed is unknown, and so is any code under a 5xx, 409 or 429", () => {
  const status = fc.integer({ min: 100, max: 599 });
  const listed = fc.constantFrom(...tossErrors.keys());
  fc.assert(
    fc.property(
      status,
      fc.oneof(fc.string(), listed),
      fc.constantFrom(tossErrors, kakaoPayErrors),
      (http, code, table) => {
        const answer = meaningOf(table, answered(http), code);
        if (answer.outcome !== "refused") return;
        assert.ok(table.has(code) && http >= 400 && http < 500 && http !== 409 && http !== 429);
      },
    ),
    { numRuns: 2_000 },
  );
});

test("KakaoPay's one documented number is a decline, every other is unknown", () => {
  assert.equal(meaningOf(kakaoPayErrors, answered(400), "-780").outcome, "refused");
  assert.equal(meaningOf(kakaoPayErrors, answered(400), "-781").outcome, "unknown");
});

test("a decline in answer to a question or to a cancel is no no about the payment", () => {
  for (const call of ["query", "cancel"] as const) {
    assert.equal(meaningOf(tossErrors, answered(403, call), "REJECT_CARD_PAYMENT").outcome, "unknown");
    assert.equal(meaningOf(kakaoPayErrors, answered(400, call), "-780").outcome, "unknown");
  }
});
