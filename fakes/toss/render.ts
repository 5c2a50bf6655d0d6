import { seoulTimeWithOffset } from "../shared/clock.ts";
import { vatInside } from "../shared/won.ts";
import { messageOf } from "./errors.ts";
import type { TossCancel, TossPayment } from "./payment.ts";

/** Fields of the Payment object that may be null or absent (§1.5); the fault `nulls` empties all of them. */
export const nullableFields = [
  ...["method", "approvedAt", "useEscrow", "lastTransactionKey", "transactionKey", "cancels", "card", "virtualAccount"],
  ...["secret", "mobilePhone", "giftCertificate", "transfer", "metadata", "receipt", "checkout", "easyPay"],
  ...["easyPayAmount", "easyPayDiscountAmount", "failure", "cashReceipt", "cashReceipts", "discount"],
] as const;

const merchantId = "madangfake";

/** The Payment object of API version 2022-11-16 for a card payment (§1.5). */
export function renderPayment(payment: TossPayment, baseUrl: string): Record<string, unknown> {
  const isApproved = payment.approvedAtMs !== undefined;
  const vat = vatInside(payment.totalAmount, payment.taxFreeAmount);
  return {
    mId: merchantId,
    lastTransactionKey: payment.lastTransactionKey ?? null,
    transactionKey: payment.lastTransactionKey ?? null,
    paymentKey: payment.paymentKey,
    orderId: payment.orderId,
    orderName: payment.orderName,
    taxExemptionAmount: 0,
    status: payment.status,
    requestedAt: seoulTimeWithOffset(payment.requestedAtMs),
    approvedAt: isApproved ? seoulTimeWithOffset(payment.approvedAtMs!) : null,
    useEscrow: isApproved ? false : null,
    cultureExpense: false,
    card: isApproved ? renderCard(payment) : null,
    virtualAccount: null,
    transfer: null,
    mobilePhone: null,
    giftCertificate: null,
    cashReceipt: null,
    cashReceipts: null,
    discount: null,
    cancels: payment.cancels.length === 0 ? null : payment.cancels.map(renderCancel),
    secret: isApproved ? payment.secret : null,
    type: "NORMAL",
    easyPay: null,
    easyPayAmount: 0,
    easyPayDiscountAmount: 0,
    country: "KR",
    failure: payment.failureCode === undefined ? null : renderFailure(payment.failureCode),
    isPartialCancelable: true,
    receipt: isApproved ? { url: `${baseUrl}/receipt/${payment.paymentKey}` } : null,
    checkout: { url: `${baseUrl}/v1/payments/${payment.paymentKey}/checkout` },
    metadata: null,
    currency: "KRW",
    totalAmount: payment.totalAmount,
    balanceAmount: payment.balanceAmount,
    suppliedAmount: payment.totalAmount - vat - payment.taxFreeAmount,
    vat,
    taxFreeAmount: payment.taxFreeAmount,
    method: isApproved ? "카드" : null,
    version: "2022-11-16",
  };
}

function renderCard(payment: TossPayment): Record<string, unknown> {
  return {
    issuerCode: "11",
    acquirerCode: "11",
    number: "94100012****567*",
    installmentPlanMonths: 0,
    isInterestFree: false,
    interestPayer: null,
    approveNo: payment.approveNo,
    useCardPoint: false,
    cardType: "신용",
    ownerType: "개인",
    acquireStatus: payment.status === "CANCELED" ? "CANCELED" : "READY",
    amount: payment.totalAmount,
  };
}

function renderCancel(cancel: TossCancel): Record<string, unknown> {
  return {
    transactionKey: cancel.transactionKey,
    cancelReason: cancel.cancelReason,
    taxExemptionAmount: 0,
    canceledAt: seoulTimeWithOffset(cancel.canceledAtMs),
    cardDiscountAmount: 0,
    transferDiscountAmount: 0,
    easyPayDiscountAmount: 0,
    receiptKey: null,
    cancelStatus: "DONE",
    cancelRequestId: null,
    cancelAmount: cancel.cancelAmount,
    taxFreeAmount: cancel.taxFreeAmount,
    refundableAmount: cancel.refundableAmount,
  };
}

function renderFailure(code: string): { code: string; message: string } {
  const message = code === "EXPIRED_PAYMENT" ? "결제가 만료되었습니다. 다시 시도해주세요." : messageOf(code);
  return { code, message };
}
