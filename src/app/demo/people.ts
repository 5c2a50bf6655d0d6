/** The demo's accounts, one for each role. Their password stands here because they exist in the demo only. */
export const DEMO_PASSWORD = "madang-demo-2026";

export const DEMO_PEOPLE = {
  buyer: { email: "buyer@madang.test", nickname: "먹보", name: "김구매" },
  food: { email: "seller@madang.test", nickname: "떡볶이사장", name: "이분식" },
  kitchen: { email: "kitchen@madang.test", nickname: "찌개사장", name: "최찌개" },
  goods: { email: "goods@madang.test", nickname: "그릇장수", name: "박그릇" },
  tea: { email: "tea@madang.test", nickname: "찻집", name: "정다원" },
  operator: { email: "operator@madang.test", nickname: "운영자", name: "한운영" },
  admin: { email: "admin@madang.test", nickname: "관리자", name: "오관리" },
} as const;
