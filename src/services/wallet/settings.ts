import { wholeNumber } from "#platform/settings.ts";

export const settings = {
  commissionBasisPoints: wholeNumber({
    ko: "판매 수수료율 (1000 = 10 %). 배달비에는 붙지 않는다",
    en: "Commission on items (1000 = 10 %); delivery fees bear none",
    unit: "basis points",
    fallback: 1_000,
    // Above half, commission and VAT together could exceed the price.
    maximum: 5_000,
  }),
  vatBasisPoints: wholeNumber({
    ko: "수수료에 붙는 부가세율 (1000 = 10 %)",
    en: "VAT on the commission (1000 = 10 %)",
    unit: "basis points",
    fallback: 1_000,
    maximum: 10_000,
  }),
};
