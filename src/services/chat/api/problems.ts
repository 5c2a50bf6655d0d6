import type { Problems } from "#platform/service.ts";

/** Every "no" of chat. */
export const problems = {
  "chat.room_not_found": { status: 404, ko: "대화방을 찾을 수 없어요.", en: "There is no such room." },
  "chat.order_not_found": {
    status: 404,
    ko: "결제된 주문을 찾을 수 없어요.",
    en: "There is no such paid order.",
  },
  "chat.store_not_found": { status: 404, ko: "가게를 찾을 수 없어요.", en: "There is no such store." },
  "chat.own_store": { status: 409, ko: "내 가게에는 문의할 수 없어요.", en: "This is your own store." },
  "chat.cursor_invalid": {
    status: 422,
    ko: "커서가 올바르지 않아요. 첫 쪽부터 다시 보세요.",
    en: "The cursor is not valid. Start again from the first page.",
  },
  "chat.empty_message": { status: 422, ko: "보낼 내용이 없어요.", en: "There is nothing to send." },
  "chat.image_not_accepted": {
    status: 422,
    ko: "이 주소의 이미지는 보낼 수 없어요.",
    en: "Images of this address are not accepted.",
  },
  "chat.message_not_found": { status: 404, ko: "메시지를 찾을 수 없어요.", en: "There is no such message." },
  "chat.message_id_used": {
    status: 422,
    ko: "같은 번호로 다른 메시지를 이미 보냈어요.",
    en: "Another message was sent under this id.",
  },
  "chat.blocked": { status: 403, ko: "상대방에게 보낼 수 없어요.", en: "You cannot write to this person." },
  "chat.unblock_first": {
    status: 409,
    ko: "차단한 상대예요. 차단을 풀면 보낼 수 있어요.",
    en: "You have blocked this person. Unblock them first.",
  },
  "chat.seq_ahead": {
    status: 422,
    ko: "아직 없는 메시지예요. (마지막: {last})",
    en: "There is no such message yet. (the last one is {last})",
  },
  "chat.report_not_found": { status: 404, ko: "신고를 찾을 수 없어요.", en: "There is no such report." },
  "chat.report_closed": {
    status: 409,
    ko: "이미 처리된 신고예요. ({status})",
    en: "This report has been closed already. ({status})",
  },
} as const satisfies Problems;
