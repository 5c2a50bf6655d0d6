import type { Step } from "./domain/journal.ts";

interface Label {
  readonly ko: string;
  readonly en: string;
}

const steps: Readonly<Record<Step, Label>> = {
  J1: { ko: "결제 승인", en: "Payment captured" },
  "J1-late": { ko: "늦은 결제 승인 (환불됨)", en: "Late capture (goes back)" },
  J2: { ko: "구매 확정", en: "Purchase confirmed" },
  J3: { ko: "환불 의사", en: "Refund intent" },
  "J3-reversed": { ko: "환불 거절 (되돌림)", en: "Refund refused (reversed)" },
  J4: { ko: "환불 완료", en: "Refund confirmed" },
};

const classes: Readonly<Record<string, Label>> = {
  pg_clearing: { ko: "PG 정산 예정금", en: "Gateway clearing" },
  order_held: { ko: "주문 보관금", en: "Held for the order" },
  refund_in_transit: { ko: "환불 진행 중", en: "Refund in transit" },
  seller_payable: { ko: "판매자 지급 예정금", en: "Payable to the seller" },
  buyer_wallet: { ko: "구매자 잔액", en: "Buyer's wallet" },
  commission: { ko: "판매 수수료", en: "Commission" },
  vat_output: { ko: "수수료 부가세", en: "VAT on commission" },
};

export function stepLabel(step: string): Label {
  return steps[step as Step] ?? { ko: step, en: step };
}

/** The label of an account's class, with whose it is behind it. */
export function accountLabel(account: string): Label {
  const [name = account, whose] = account.split(":");
  const label = classes[name] ?? { ko: name, en: name };
  return whose === undefined ? label : { ko: `${label.ko} (${whose})`, en: `${label.en} (${whose})` };
}
