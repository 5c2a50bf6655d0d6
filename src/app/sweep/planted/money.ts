import { postRefundIntent } from "#contracts/wallet/operations.ts";
import { siblingId } from "#platform/core/ids.ts";
import type { Boundary } from "#platform/facts/boundary.ts";
import type { Records, Rows } from "#platform/facts/change.ts";
import type { AnyService } from "#platform/service.ts";
import { type Planted, replacing, withKit, withRecords } from "./plant.ts";

interface Payment {
  readonly paymentId: string;
  readonly orderId: string;
  readonly attempts: readonly { readonly attemptId: string; readonly status: string }[];
  readonly opened?: { readonly amount: number; readonly lines: readonly unknown[] };
}

/** Defects of payment: money taken, given back or believed in wrongly. */
export const moneyBugs: readonly Planted[] = [
  {
    name: "unknown is taken for a no",
    scenarios: ["food"],
    where: "gateway toss.confirm|1|late",
    found: /I6|I3/,
    plant: replacing(
      "payment",
      withKit((kit) => ({ ...kit, boundary: refusingWhatIsUnknown(kit.boundary) })),
    ),
  },
  {
    name: "a second window captures while the first is not known",
    scenarios: ["impatient"],
    where: "",
    found: /I4/,
    plant: replacing("payment", (service) => withRecords(hidingOpenAttempts)(uncounted(service))),
  },
  {
    name: "a cancel is sent again under a new key and without its guard",
    scenarios: ["cancel-part"],
    where: "gateway kakaopay.cancel|1|twice",
    found: /I6|I3/,
    plant: replacing("payment", unguarded),
  },
  {
    name: "a refund is sent without its journal",
    scenarios: ["cancel"],
    where: "",
    found: /I8|I3/,
    plant: replacing(
      "payment",
      withKit((kit) => ({
        ...kit,
        call: (operation, input, caller) =>
          operation.name === postRefundIntent.name ? Promise.resolve({} as never) : kit.call(operation, input, caller),
      })),
    ),
  },
  {
    name: "a webhook is believed",
    scenarios: ["forged-webhook"],
    where: "",
    found: /I3|I6|I7/,
    plant: replacing("payment", trusting),
  },
];

function refusingWhatIsUnknown(boundary: Boundary): Boundary {
  return async (point, run) => {
    const answer = await boundary(point, run);
    const { outcome } = answer as { readonly outcome?: string };
    const isNo = outcome === "unknown" && point.name.endsWith(".confirm");
    return isNo ? { ...answer, outcome: "refused", refusalClass: "declined" } : answer;
  };
}

/** Nobody sees that an attempt is open: not the rules. */
function hidingOpenAttempts(records: Records): Records {
  return {
    read: async (keys) => blind(await records.read(keys)),
    recall: async (keys) => blind(await records.recall(keys)),
    change: (asked) =>
      records.change({ ...asked, decide: (rows, now) => asked.decide(asked.command ? blind(rows) : rows, now) }),
  };
}

/** And not the constraint that would have the last word. */
function uncounted(service: AnyService): AnyService {
  return { ...service, facets: (key, data) => ({ ...service.facets?.(key, data), openAttempts: undefined }) };
}

function blind(rows: Rows): Rows {
  return {
    get: <State>(key: string) => {
      const row = rows.get<State>(key);
      if (!key.startsWith("pay_") || !row) return row;
      const payment = row as unknown as Payment;
      const attempts = payment.attempts.map((one) => (isOpen(one.status) ? { ...one, status: "DECLINED" } : one));
      return { ...payment, attempts } as unknown as State;
    },
  };
}

function isOpen(status: unknown): boolean {
  return status === "INTENT" || status === "UNKNOWN";
}

interface Deps {
  readonly gateways: Readonly<Record<string, { cancel(request: Record<string, unknown>): Promise<unknown> }>>;
}

/** Each sending is a new one to the gateway, and asks for no balance. */
function unguarded(service: AnyService): AnyService {
  return {
    ...service,
    deps: (kit, settings) => {
      const deps = service.deps(kit, settings) as Deps;
      const gateways = Object.entries(deps.gateways).map(([name, gateway]) => {
        const cancel = (request: Record<string, unknown>) =>
          gateway.cancel({ ...request, key: kit.ids.make("request"), guardAmount: undefined });
        return [name, { ...gateway, cancel }] as const;
      });
      return { ...deps, gateways: Object.fromEntries(gateways) };
    },
  };
}

/** What a webhook says is written down as if the gateway had been asked. */
function trusting(service: AnyService): AnyService {
  return {
    ...service,
    work: {
      ...service.work,
      "apply-webhook": async (task, deps) => {
        const { records } = deps as { readonly records: Records };
        const kept = (await records.read([task.stream])).get<{ raw: string }>(task.stream);
        const { orderId: attemptId } = (JSON.parse(kept?.raw ?? "{}") as { data: { orderId: string } }).data;
        const paymentId = siblingId("payment", attemptId);
        await records.change({
          keys: [paymentId],
          traceparent: task.traceparent,
          settles: task.ref,
          decide: (rows, at) => ({ facts: [approval(rows.get<Payment>(paymentId), paymentId, attemptId, at)] }),
        });
      },
    },
  };
}

function approval(payment: Payment | undefined, paymentId: string, attemptId: string, at: string) {
  const { amount = 0, lines = [] } = payment?.opened ?? {};
  const gateway = { gateway: "toss", gatewayPaymentId: "forged", method: "카드" };
  const said = { amount, lines, approvedAt: at, late: false, at };
  return {
    stream: paymentId,
    type: "PaymentApproved",
    data: { orderId: payment?.orderId, attemptId, ...gateway, ...said },
  };
}
