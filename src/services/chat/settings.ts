import { type Setting, wholeNumber } from "#platform/settings.ts";

const imageHosts: Setting<readonly string[]> = {
  ko: "대화에 보내는 이미지가 놓인 호스트, 쉼표로 (빈 값: 모든 https 주소)",
  en: "Hosts of images in chats, by commas (empty: any https address)",
  unit: "list",
  fallback: [],
  secret: false,
  parse: (text) => text.split(",").flatMap((part) => (part.trim() === "" ? [] : [part.trim().toLowerCase()])),
};

export const settings = {
  imageHosts,
  ticketSeconds: wholeNumber({
    ko: "소켓 입장권의 수명",
    en: "Life of a ticket to the socket",
    unit: "seconds",
    fallback: 30,
    minimum: 1,
    maximum: 300,
  }),
};
