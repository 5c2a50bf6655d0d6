interface Reason {
  readonly ko: string;
  readonly en: string;
}

const general: Reason = {
  ko: "결제가 승인되지 않았어요. 다른 결제 수단으로 다시 시도해 주세요.",
  en: "The payment was not approved. Please try another way to pay.",
};
const card: Reason = { ko: "카드사에서 승인을 거절했어요.", en: "The card company refused." };
const limit: Reason = { ko: "한도를 넘었어요.", en: "A limit was exceeded." };
const expired: Reason = {
  ko: "결제 시간이 지났어요. 결제를 다시 시작해 주세요.",
  en: "The payment took too long. Please start again.",
};

/** What a buyer can do something about. Everything else gets the general words: codes are for operators. */
const reasons: Readonly<Record<string, Reason>> = {
  REJECT_CARD_PAYMENT: { ko: "한도를 넘었거나 잔액이 부족해요.", en: "The limit or the balance is not enough." },
  REJECT_CARD_COMPANY: card,
  INVALID_REJECT_CARD: card,
  INVALID_STOPPED_CARD: { ko: "정지된 카드예요.", en: "The card is suspended." },
  INVALID_CARD_EXPIRATION: { ko: "카드 유효기간을 확인해 주세요.", en: "Please check the card's expiry date." },
  INVALID_CARD_NUMBER: { ko: "카드 번호를 확인해 주세요.", en: "Please check the card number." },
  INVALID_CARD_LOST_OR_STOLEN: { ko: "분실 또는 도난 신고된 카드예요.", en: "The card was reported lost or stolen." },
  EXCEED_MAX_DAILY_PAYMENT_COUNT: limit,
  EXCEED_MAX_PAYMENT_AMOUNT: limit,
  EXCEED_MAX_AMOUNT: limit,
  EXCEED_MAX_ONE_DAY_AMOUNT: limit,
  INVALID_PASSWORD: { ko: "비밀번호가 맞지 않아요.", en: "The password is not right." },
  BELOW_MINIMUM_AMOUNT: { ko: "결제할 수 있는 최소 금액보다 적어요.", en: "The amount is below the minimum." },
  NOT_FOUND_PAYMENT_SESSION: expired,
  EXPIRED_PAYMENT: expired,
};

/** Why a payment was declined, in the buyer's language. */
export function declineReason(code: string, locale: "ko" | "en"): string {
  return (reasons[code] ?? general)[locale];
}
