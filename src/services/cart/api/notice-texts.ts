import type { NoticeCode } from "../domain/notices.ts";

/** What a buyer reads when something in the cart has changed (F4). `{name}` stands for an argument of the notice. */
export const noticeTexts: Readonly<Record<NoticeCode, { readonly ko: string; readonly en: string }>> = {
  PRICE_CHANGED: {
    ko: "가격이 {from}원에서 {to}원으로 바뀌었어요: {name}",
    en: "The price went from {from} to {to} won: {name}",
  },
  ITEM_GONE: { ko: "더는 팔지 않아요: {name}", en: "No longer sold: {name}" },
  ITEM_PAUSED: { ko: "잠시 판매를 쉬고 있어요: {name}", en: "Not on sale for the moment: {name}" },
  SOLD_OUT: { ko: "품절되었어요: {name}", en: "Sold out: {name}" },
  OPTION_GONE: { ko: "고른 옵션이 없어졌어요: {name}", en: "An option you chose is gone: {name}" },
  OPTION_SOLD_OUT: {
    ko: "고른 옵션이 품절되었어요: {name} ({option})",
    en: "An option is sold out: {name} ({option})",
  },
  OPTION_CHOICE: { ko: "옵션을 다시 골라 주세요: {name}", en: "Please choose the options again: {name}" },
  STORE_CLOSED: { ko: "지금은 주문을 받지 않아요: {store}", en: "Not taking orders now: {store}" },
  STORE_GONE: { ko: "더는 주문할 수 없는 가게예요: {store}", en: "This store no longer takes orders: {store}" },
};
