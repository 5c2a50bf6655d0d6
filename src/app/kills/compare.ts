import type { Queryable } from "#platform/db/pool.ts";
import type { OrderRow } from "../sweep/stage.ts";
import { tellsTheSame } from "../sweep/told.ts";
import type { Essence } from "./essence.ts";
import type { Entry } from "./history.ts";

interface Rows {
  readonly orders: ReadonlyMap<string, OrderRow & { readonly orderNo: string; readonly buyerId: string }>;
  readonly payments: ReadonlyMap<string, { readonly capture?: { readonly amount: number } }>;
  readonly accounts: ReadonlySet<string>;
}

/**
 * What was told against what is there (H6): whoever was told "yes" has it, with the very values that they were told,
 * and no state that anybody has seen is gone from the story. `isCalm`: all effects have happened, too.
 */
export async function compareAnswers(database: Queryable, told: readonly Entry[], isCalm: boolean): Promise<string[]> {
  const rows = await readRows(database, told);
  const wrong = told.flatMap((entry) => contradictions(rows, entry).map((why) => `told ${nameOf(entry)}: ${why}`));
  if (!isCalm) return wrong;
  const ofOrders = Map.groupBy(told, ({ value }) => value.orderId);
  return [
    ...wrong,
    ...[...rows.orders].flatMap(([orderId, row]) => {
      const answers = (ofOrders.get(orderId) ?? []).map(({ op, type, value }) =>
        type === "ok" ? { operation: op, answer: value } : { operation: op, refused: `${value.code}` },
      );
      return tellsTheSame(row, answers).map((why) => `${orderId}: ${why}`);
    }),
  ];
}

function nameOf({ op, key, value }: Entry): string {
  return `${op} ${key} ${value.status ?? ""}`.trim();
}

function contradictions(rows: Rows, { op, type, value }: Entry): string[] {
  if (type !== "ok") return [];
  if (op === "signUp" || op === "logIn") return rows.accounts.has(`${value.accountId}`) ? [] : ["no such account"];
  const { orderId } = value;
  if (orderId === undefined) return [];
  const row = rows.orders.get(`${orderId}`);
  if (!row) return ["no such order"];
  const paid = rows.payments.get(`${row.paymentId}`)?.capture?.amount;
  if (value.status === "APPROVED" && paid !== value.amount) return [`captured is ${paid}`];
  const named = (["orderNo", "payable", "buyerId"] as const).filter((name) => (value[name] ?? row[name]) !== row[name]);
  return [
    ...named.map((name) => `${name} ${value[name]} is ${row[name]}`),
    ...partsOf(value).flatMap((part) => ofPart(row, part)),
  ];
}

/** An answer is an order with its parts, or one part of it. */
function partsOf(value: Essence): readonly Essence[] {
  return value.storeOrders ?? (value.history ? [value] : []);
}

function ofPart(row: OrderRow, { storeOrderId, history = [], total }: Essence): string[] {
  const part = row.storeOrders.find((one) => one.storeOrderId === storeOrderId);
  if (!part) return [`no such part: ${storeOrderId}`];
  const now = part.history.map(({ status }) => status);
  const isGone = history.some((status, at) => now[at] !== status);
  return [
    ...(isGone ? [`${storeOrderId} has been ${history}, and now it has been ${now}`] : []),
    ...(total !== undefined && total !== part.total ? [`total ${total} is ${part.total}`] : []),
  ];
}

async function readRows(database: Queryable, told: readonly Entry[]): Promise<Rows> {
  const named = (name: "orderId" | "accountId") => [...new Set(told.flatMap(({ value }) => value[name] ?? []))];
  const read = async <Row>(schema: string, keys: readonly unknown[]) => {
    const sql = `select key, data from "${schema}".states where key = any($1)`;
    const { rows } = await database.query<{ key: string; data: Row }>(undefined, sql, [keys]);
    return new Map(rows.map(({ key, data }) => [key, data]));
  };
  const orderIds = named("orderId");
  return {
    orders: await read("order", orderIds),
    payments: await read(
      "payment",
      orderIds.map((orderId) => `${orderId}`.replace(/^ord_/, "pay_")),
    ),
    accounts: new Set((await read("identity", named("accountId"))).keys()),
  };
}
