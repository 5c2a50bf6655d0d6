import type { createItem } from "#contracts/catalog/operations.ts";
import type { createStore, saveCompany } from "#contracts/store/operations.ts";
import type { InputOf } from "#platform/core/operation.ts";
import { DEMO_PEOPLE } from "./people.ts";

export interface DemoStore {
  readonly name: string;
  readonly kind: "FOOD" | "GOODS";
  readonly seller: { readonly email: string; readonly nickname: string; readonly name: string };
  readonly company: InputOf<typeof saveCompany>;
  readonly profile: Omit<InputOf<typeof createStore>, "name" | "kind">;
  readonly items: readonly (Omit<InputOf<typeof createItem>, "storeId"> & { readonly stock?: number })[];
}

/** The demo's food stores never close, so that whoever tries it at night can order too. */
const ALWAYS_OPEN = [0, 1, 2, 3, 4, 5, 6].map((day) => ({ opensAt: day * 1440, closesAt: (day + 1) * 1440 }));
const GANGNAM = ["1168010100", "1168010800", "1165010700"].map((area) => ({ area, fee: 3000 }));

const spicy = {
  name: "맵기",
  min: 1,
  max: 1,
  options: [
    { name: "순한맛", priceDelta: 0 },
    { name: "보통", priceDelta: 0 },
    { name: "매운맛", priceDelta: 0 },
  ],
};
const toppings = {
  name: "추가",
  min: 0,
  max: 3,
  options: [
    { name: "치즈", priceDelta: 1500 },
    { name: "계란", priceDelta: 1000 },
    { name: "만두 2개", priceDelta: 2000 },
  ],
};

export const DEMO_STORES: readonly DemoStore[] = [
  {
    name: "마당분식",
    kind: "FOOD",
    seller: DEMO_PEOPLE.food,
    company: { businessRegistrationNo: "123-45-67891", name: "마당분식", phone: "02-555-0101" },
    profile: {
      description: "쌀떡으로 만든 국물떡볶이와 바삭한 튀김",
      categories: ["010101"],
      hours: ALWAYS_OPEN,
      minOrder: 8000,
      deliveryAreas: GANGNAM,
      fulfilments: ["DELIVERY", "PICKUP", "DINE_IN"],
    },
    items: [
      {
        name: "국물떡볶이",
        basePrice: 7000,
        category: "010101",
        description: "쌀떡, 어묵, 대파",
        optionGroups: [spicy, toppings],
      },
      { name: "모둠튀김", basePrice: 5500, category: "010101", description: "오징어, 고구마, 김말이" },
      { name: "꼬마김밥", basePrice: 4000, category: "010101", description: "여섯 줄" },
      { name: "순대", basePrice: 5000, category: "010101", description: "간과 허파를 곁들여" },
    ],
  },
  {
    name: "할매찌개",
    kind: "FOOD",
    seller: DEMO_PEOPLE.kitchen,
    company: { businessRegistrationNo: "220-81-62517", name: "할매찌개", phone: "02-555-0102" },
    profile: {
      description: "묵은지로 끓인 김치찌개, 갓 지은 밥",
      categories: ["010102"],
      hours: ALWAYS_OPEN,
      minOrder: 9000,
      deliveryAreas: GANGNAM,
      fulfilments: ["DELIVERY", "PICKUP"],
      autoAccept: true,
    },
    items: [
      { name: "김치찌개", basePrice: 9500, category: "010102", description: "1인분, 밥 포함" },
      { name: "된장찌개", basePrice: 9000, category: "010102", description: "1인분, 밥 포함" },
      { name: "계란말이", basePrice: 8000, category: "010102", description: "두툼하게" },
    ],
  },
  {
    name: "흙과불",
    kind: "GOODS",
    seller: DEMO_PEOPLE.goods,
    company: { businessRegistrationNo: "104-81-36565", name: "흙과불 공방", phone: "031-555-0103" },
    profile: {
      description: "손으로 빚은 생활 도자기",
      categories: ["020201"],
      deliveryAreas: [{ area: "ALL", fee: 3000 }],
      fulfilments: ["PARCEL"],
    },
    items: [
      { name: "달항아리 화병", basePrice: 89_000, category: "020201", description: "높이 28 cm", stock: 5 },
      { name: "밥그릇", basePrice: 18_000, category: "020201", description: "지름 12 cm", stock: 120 },
      { name: "찻잔 두 개", basePrice: 32_000, category: "020201", description: "나무 상자에 담아", stock: 40 },
    ],
  },
  {
    name: "다원",
    kind: "GOODS",
    seller: DEMO_PEOPLE.tea,
    company: { businessRegistrationNo: "211-86-18889", name: "다원", phone: "061-555-0104" },
    profile: {
      description: "보성 녹차와 우리 차",
      categories: ["0201"],
      deliveryAreas: [{ area: "ALL", fee: 2500 }],
      fulfilments: ["PARCEL"],
    },
    items: [
      { name: "우전 녹차 40 g", basePrice: 45_000, category: "020101", description: "올봄 첫 잎", stock: 30 },
      { name: "유자차 500 g", basePrice: 15_000, category: "020101", description: "고흥 유자", stock: 200 },
    ],
  },
];
