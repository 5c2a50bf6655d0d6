import { errorTable } from "./error-table.ts";

/**
 * −780 "approval failure" is the only number that is documented in what was found; KakaoPay's full table was not. So
 * every other number is unknown, and `/order` tells what became of it.
 */
export const kakaoPayErrors = errorTable([
  { errorClass: "declined", httpStatus: 400, source: "PAYMENT-GATEWAYS.md §2 [KP]", confidence: "A", codes: "-780" },
]);
