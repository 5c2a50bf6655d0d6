import type { Problems } from "#platform/service.ts";

export const problems = {
  "store.not_found": { status: 404, ko: "가게를 찾을 수 없어요.", en: "There is no such store." },
  "store.name_taken": { status: 409, ko: "이미 쓰이는 가게 이름이에요.", en: "Another store has this name." },
  "store.name_blank": { status: 422, ko: "가게 이름을 적어 주세요.", en: "A store needs a name." },
  "store.wrong_state": {
    status: 409,
    ko: "지금 상태({status})에서는 할 수 없어요.",
    en: "This cannot be done in the store's state ({status}).",
  },
  "store.changed_meanwhile": {
    status: 409,
    ko: "그사이 가게가 바뀌었어요. 다시 시도해 주세요.",
    en: "The store has changed meanwhile. Please try again.",
  },
  "store.category_not_found": {
    status: 422,
    ko: "없는 분류예요: {category}",
    en: "There is no such category: {category}",
  },
  "store.hours_invalid": {
    status: 422,
    ko: "영업시간이 서로 겹치거나, 끝나는 시각이 시작보다 빠르거나, 하루보다 길어요. ({field})",
    en: "Opening hours overlap, end before they begin, or last longer than a day. ({field})",
  },
  "store.fulfilment_not_of_kind": {
    status: 422,
    ko: "이 종류의 가게({kind})에서 쓸 수 없는 수령 방법이에요.",
    en: "A store of this kind ({kind}) cannot hand over this way.",
  },
  "store.delivery_areas_invalid": {
    status: 422,
    ko: "배달 지역을 확인해 주세요. 음식은 법정동 코드를 한 번씩, 상품은 ALL 하나만 적어요.",
    en: "Please check the delivery areas: food names district codes once each, goods name ALL alone.",
  },
  "store.company_missing": {
    status: 409,
    ko: "먼저 업체 정보를 적어 주세요.",
    en: "Please enter the company facts first.",
  },
  "store.incomplete": {
    status: 422,
    ko: "심사를 신청하려면 이 항목이 필요해요: {field}",
    en: "A submission needs this to be filled in: {field}",
  },
  "store.comment_missing": { status: 422, ko: "사유를 적어 주세요.", en: "Please give the reason." },
  "store.registration_no_invalid": {
    status: 422,
    ko: "사업자등록번호가 올바르지 않아요.",
    en: "This is not a valid business registration number.",
  },
  "store.registration_no_taken": {
    status: 409,
    ko: "다른 판매자가 등록한 사업자등록번호예요.",
    en: "Another seller has registered this number.",
  },
  "store.registration_no_fixed": {
    status: 409,
    ko: "사업자등록번호는 바꿀 수 없어요. 고객센터에 문의해 주세요.",
    en: "The registration number cannot be changed. Please contact us.",
  },
  "store.cursor_invalid": {
    status: 422,
    ko: "쪽 위치(cursor)가 올바르지 않아요. 처음부터 다시 찾아 주세요.",
    en: "The cursor is not valid. Please start from the first page.",
  },
} as const satisfies Problems;
