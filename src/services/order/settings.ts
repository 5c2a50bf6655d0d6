import { wholeNumber } from "#platform/settings.ts";

/** Deadlines belong to the order (MECHANISMS.md §8). */
export const settings = {
  payWithinSeconds: wholeNumber({
    ko: "주문 뒤 결제를 마쳐야 하는 시간",
    en: "How long a placed order waits for its payment",
    unit: "seconds",
    fallback: 600,
    minimum: 1,
  }),
  holdsOutlastSeconds: wholeNumber({
    ko: "결제 기한 뒤 재고 예약을 더 붙들어 두는 시간",
    en: "How much longer than the payment deadline the holds last",
    unit: "seconds",
    fallback: 900,
    minimum: 1,
  }),
  acceptWithinSeconds: wholeNumber({
    ko: "음식 주문을 받아야 하는 시간 (지나면 저절로 환불)",
    en: "How long a food store has to accept; then the order refunds itself",
    unit: "seconds",
    fallback: 300,
    minimum: 1,
  }),
  askAgainMs: wholeNumber({
    ko: "결제가 정해지지 않았을 때 다시 묻는 간격",
    en: "Pause before an undecided payment is asked again whether it is closed",
    unit: "ms",
    fallback: 2_000,
    minimum: 10,
  }),
  foodCompletesMinutes: wholeNumber({
    ko: "음식이 배달된 뒤 저절로 완료되는 시간",
    en: "From delivered to completed by itself, food",
    unit: "minutes",
    fallback: 60,
  }),
  goodsCompleteHours: wholeNumber({
    ko: "상품이 배송된 뒤 저절로 구매 확정되는 시간",
    en: "From delivered to confirmed by itself, goods",
    unit: "hours",
    fallback: 168,
  }),
  doubleWithinSeconds: wholeNumber({
    ko: "같은 주문을 실수로 두 번 넣은 것으로 보는 시간 (0: 보지 않음)",
    en: "Within which the same basket again looks like a mistake (0: never)",
    unit: "seconds",
    fallback: 30,
  }),
};
