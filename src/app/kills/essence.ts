/** What of a request or an answer can be compared with what became of it. */
const KEPT = [
  ...["orderId", "orderNo", "buyerId", "payable", "expectedTotal", "paymentId", "attemptId", "amount", "status"],
  ...["storeOrderId", "storeId", "total", "refunded", "accountId", "sessionId", "nickname", "code", "skuId"],
  ...["available", "itemId", "quantity"],
] as const;

export type Essence = Readonly<Partial<Record<(typeof KEPT)[number], string | number>>> & {
  readonly storeOrders?: readonly Essence[];
  readonly lines?: readonly Essence[];
  /** The states that a part has gone through, in order. */
  readonly history?: readonly string[];
};

/** A history line holds what is compared, not whole pages: a long run has millions of them. */
export function essence(value: unknown): Essence {
  const given = value as Readonly<Record<string, unknown>>;
  const kept: Record<string, unknown> = {};
  for (const name of KEPT) if (given[name] !== undefined) kept[name] = given[name];
  if (Array.isArray(given.storeOrders)) kept.storeOrders = given.storeOrders.map(essence);
  if (Array.isArray(given.lines)) kept.lines = given.lines.map(essence);
  if (Array.isArray(given.history)) kept.history = given.history.map(({ status }: { status: string }) => status);
  return kept as Essence;
}
