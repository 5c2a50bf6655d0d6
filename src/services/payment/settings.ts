import { textSetting, wholeNumber } from "#platform/settings.ts";

const secret = { secret: true } as const;

export const settings = {
  returnUrl: textSetting({
    ko: "결제창이 구매자를 돌려보내는 주소의 앞부분 (이 서버의 공개 주소)",
    en: "Beginning of the addresses that gateways send the buyer back to (this server's public address)",
    fallback: "http://localhost:3000",
  }),
  tossBaseUrl: textSetting({
    ko: "토스페이먼츠 API 주소",
    en: "Address of the Toss Payments API",
    fallback: "https://api.tosspayments.com",
  }),
  tossPageUrl: textSetting({
    ko: "SDK 없이 여는 토스 결제창 주소 (가짜 서버에만 있음)",
    en: "Page that opens the Toss window without its SDK (the fake has one)",
    fallback: "https://api.tosspayments.com/pay",
  }),
  tossClientKey: textSetting({ ko: "토스페이먼츠 클라이언트 키", en: "Client key at Toss Payments" }),
  tossSecretKey: textSetting({ ko: "토스페이먼츠 시크릿 키", en: "Secret key at Toss Payments", ...secret }),
  tossWebhookAddresses: textSetting({
    ko: "토스 웹훅을 보낼 수 있는 주소 (쉼표로, 비우면 모두)",
    en: "Addresses that Toss webhooks may come from (by comma; empty: any)",
    fallback: "",
  }),
  kakaopayBaseUrl: textSetting({
    ko: "카카오페이 API 주소",
    en: "Address of the KakaoPay API",
    fallback: "https://open-api.kakaopay.com",
  }),
  kakaopayCid: textSetting({ ko: "카카오페이 가맹점 코드 (CID)", en: "CID at KakaoPay", fallback: "TC0ONETIME" }),
  kakaopaySecretKey: textSetting({ ko: "카카오페이 시크릿 키", en: "Secret key at KakaoPay", ...secret }),
  // Below the server's own 10 s, so that a buyer is told UNKNOWN and not that the server took too long.
  gatewayTimeoutMs: wholeNumber({
    ko: "결제대행사의 답을 기다리는 시간 (그 뒤는 '모름')",
    en: "How long a gateway's answer is waited for (unknown after that)",
    unit: "ms",
    fallback: 8_000,
    minimum: 50,
    maximum: 60_000,
  }),
  gatewayConnectTimeoutMs: wholeNumber({
    ko: "결제대행사에 연결하는 시간",
    en: "How long connecting to a gateway may take",
    unit: "ms",
    fallback: 3_000,
    minimum: 50,
  }),
  gatewayInFlight: wholeNumber({
    ko: "한 결제대행사에 동시에 보내는 요청",
    en: "Requests under way at one gateway",
    unit: "requests",
    fallback: 64,
    minimum: 1,
  }),
  gatewayQueued: wholeNumber({
    ko: "한 결제대행사를 기다리는 요청",
    en: "Requests waiting for one gateway",
    unit: "requests",
    fallback: 128,
  }),
  breakerFailures: wholeNumber({
    ko: "이어서 실패하면 회로를 여는 횟수",
    en: "Failures in a row that open a gateway's circuit",
    unit: "failures",
    fallback: 10,
    minimum: 1,
  }),
  breakerOpenMs: wholeNumber({
    ko: "회로를 연 뒤 다시 물어보기까지",
    en: "How long an open circuit waits before it asks again",
    unit: "ms",
    fallback: 2_000,
    minimum: 1,
  }),
  resolveAfterSeconds: wholeNumber({
    ko: "답이 오지 않은 시도를 결제대행사에 묻기까지",
    en: "How long after its intent an attempt is asked about at the gateway",
    unit: "seconds",
    fallback: 30,
    minimum: 1,
    maximum: 30,
  }),
  resolveUnknownSeconds: wholeNumber({
    ko: "결과를 모른다고 알게 된 시도를 처음 묻기까지",
    en: "How soon an attempt that is known to be unknown is asked about",
    unit: "seconds",
    fallback: 3,
    minimum: 1,
    maximum: 30,
  }),
  resolveLongestSeconds: wholeNumber({
    ko: "다시 묻는 간격의 최댓값",
    en: "Longest pause between two questions about an attempt",
    unit: "seconds",
    fallback: 300,
    minimum: 1,
    maximum: 3_600,
  }),
};
