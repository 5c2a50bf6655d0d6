import { errorTable } from "./error-table.ts";

const listed = { source: "PAYMENT-GATEWAYS.md §1.8 [ERR]", confidence: "A" } as const;
const named = { source: "PAYMENT-GATEWAYS.md §1.1, §1.9 [ERR]", confidence: "A" } as const;

/** Every code of PAYMENT-GATEWAYS.md §1.8. What is not here is unknown. */
export const tossErrors = errorTable([
  {
    errorClass: "unknown",
    httpStatus: 500,
    ...listed,
    codes: `FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING FAILED_INTERNAL_SYSTEM_PROCESSING UNKNOWN_PAYMENT_ERROR
      COMMON_ERROR FAILED_DB_PROCESSING FAILED_REFUND_PROCESS FAILED_METHOD_HANDLING_CANCEL FAILED_PARTIAL_REFUND`,
  },
  {
    errorClass: "unknown",
    httpStatus: 400,
    ...listed,
    codes:
      "PROVIDER_ERROR ALREADY_PROCESSED_PAYMENT DUPLICATED_ORDER_ID ALREADY_CANCELED_PAYMENT ALREADY_REFUND_PAYMENT",
  },
  { errorClass: "unknown", httpStatus: 409, ...listed, codes: "IDEMPOTENT_REQUEST_PROCESSING" },
  {
    errorClass: "declined",
    httpStatus: 403,
    ...listed,
    codes: `REJECT_CARD_PAYMENT REJECT_ACCOUNT_PAYMENT REJECT_CARD_COMPANY REJECT_TOSSPAY_INVALID_ACCOUNT
      EXCEED_MAX_AUTH_COUNT EXCEED_MAX_ONE_DAY_AMOUNT NOT_AVAILABLE_BANK INVALID_PASSWORD FDS_ERROR`,
  },
  {
    errorClass: "declined",
    httpStatus: 400,
    ...listed,
    codes: `INVALID_REJECT_CARD INVALID_STOPPED_CARD INVALID_CARD_EXPIRATION INVALID_CARD_NUMBER
      INVALID_CARD_LOST_OR_STOLEN EXCEED_MAX_DAILY_PAYMENT_COUNT EXCEED_MAX_PAYMENT_AMOUNT EXCEED_MAX_AMOUNT
      EXCEED_MAX_CARD_INSTALLMENT_PLAN INVALID_CARD_INSTALLMENT_PLAN
      NOT_SUPPORTED_INSTALLMENT_PLAN_CARD_OR_MERCHANT NOT_SUPPORTED_MONTHLY_INSTALLMENT_PLAN NOT_ALLOWED_POINT_USE
      BELOW_MINIMUM_AMOUNT RESTRICTED_TRANSFER_ACCOUNT EXCEED_MAX_ONE_DAY_WITHDRAW_AMOUNT
      EXCEED_MAX_ONE_TIME_WITHDRAW_AMOUNT INVALID_ACCOUNT_INFO_RE_REGISTER CARD_PROCESSING_ERROR
      NOT_AVAILABLE_PAYMENT MAINTAINED_METHOD INVALID_AUTHORIZE_AUTH`,
  },
  { errorClass: "session_gone", httpStatus: 404, ...listed, codes: "NOT_FOUND_PAYMENT_SESSION NOT_FOUND_PAYMENT" },
  {
    errorClass: "session_gone",
    httpStatus: 400,
    ...listed,
    codes: "PAY_PROCESS_CANCELED PAY_PROCESS_ABORTED UNAPPROVED_ORDER_ID",
  },
  {
    errorClass: "our_fault",
    httpStatus: 400,
    ...listed,
    codes: `INVALID_REQUEST INVALID_API_KEY NOT_FOUND_TERMINAL_ID NOT_REGISTERED_BUSINESS
      INVALID_UNREGISTERED_SUBMALL INVALID_IDEMPOTENCY_KEY`,
  },
  { errorClass: "our_fault", httpStatus: 401, ...listed, codes: "UNAUTHORIZED_KEY" },
  { errorClass: "our_fault", httpStatus: 403, ...listed, codes: "FORBIDDEN_REQUEST INCORRECT_BASIC_AUTH_FORMAT" },
  { errorClass: "our_fault", httpStatus: 400, ...named, codes: "NOT_SUPPORTED_WIDGET_KEY INVALID_TEST_CODE" },
  {
    errorClass: "cancel_refused",
    httpStatus: 400,
    ...listed,
    codes: `INVALID_REFUND_ACCOUNT_INFO INVALID_REFUND_ACCOUNT_NUMBER INVALID_BANK
      EXCEED_CANCEL_AMOUNT_DISCOUNT_AMOUNT NOT_MATCHES_REFUNDABLE_AMOUNT REFUND_REJECTED
      FORBIDDEN_BANK_REFUND_REQUEST INVALID_REFUND_AMOUNT`,
  },
  {
    errorClass: "cancel_refused",
    httpStatus: 403,
    ...listed,
    codes: `NOT_CANCELABLE_AMOUNT NOT_CANCELABLE_PAYMENT EXCEED_MAX_REFUND_DUE
      NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT NOT_ALLOWED_PARTIAL_REFUND
      NOT_CANCELABLE_PAYMENT_FOR_DORMANT_USER EXCEED_CANCEL_LIMIT`,
  },
  // The second of two cancels within a second was certainly not processed (§1.6), so a new intent may follow.
  { errorClass: "try_again", httpStatus: 403, ...listed, codes: "FORBIDDEN_CONSECUTIVE_REQUEST" },
]);
