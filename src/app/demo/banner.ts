import type { DemoGateways } from "./gateways.ts";
import { DEMO_PASSWORD, DEMO_PEOPLE } from "./people.ts";

/** What a newcomer needs to know, in one screen. */
export function banner(url: string, gateways: Pick<DemoGateways, "toss" | "kakaopay">, isNew: boolean): string {
  const { buyer, food, goods, operator, admin } = DEMO_PEOPLE;
  const port = new URL(url).port;
  const prefix = port === "3000" ? "" : `PORT=${port} `;
  return `
마당이 열렸습니다 · Madang is open        ${isNew ? "예시 자료를 담았습니다 · demo data loaded" : "지난 자료를 이어 씁니다 · data found"}

  API · 써 보기       ${url}/docs
  편지함 · mail       ${url}/mail
  가짜 토스 · Toss    ${gateways.toss}
  가짜 카카오페이     ${gateways.kakaopay}

  예시 계정 · accounts (비밀번호 · password: ${DEMO_PASSWORD}; 예시에만 있는 값입니다 · exists in the demo only)
    구매자 buyer      ${buyer.email}
    판매자 seller     ${food.email} (음식 food), ${goods.email} (상품 goods)
    운영자 operator   ${operator.email}
    관리자 admin      ${admin.email}

  해 보세요 · try
    ${prefix}npm run order                                    주문 하나를 끝까지 · one order, all the way
    curl -s '${url}/stores?limit=5'          가게 목록 · stores
    ${prefix}npm run verify                                   모든 불변식 · every invariant

  Ctrl-C로 멈춥니다 · stops it
`;
}
