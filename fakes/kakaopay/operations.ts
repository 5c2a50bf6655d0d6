import { setTimeout as sleep } from "node:timers/promises";
import { performWithFaults, withExtraFields, withNulls } from "../shared/apply-fault.ts";
import type { Calls } from "../shared/control.ts";
import type { Fault, Faults } from "../shared/faults.ts";
import { type Answer, type Call, json, parseObject, type Reply } from "../shared/serve.ts";
import { isWon } from "../shared/won.ts";
import { declineOf, type KakaoRefusal, refuse } from "./errors.ts";
import type { KakaoPayment } from "./payment.ts";
import { nullableFields, renderApproved, renderCancelled, renderOrder, renderReady } from "./render.ts";
import { readApprove, readCancel, readReady } from "./requests.ts";
import type { KakaoState } from "./state.ts";

export type KakaoWorld = {
  state: KakaoState;
  faults: Faults;
  calls: Calls;
  cid: string;
  /** Accepted values of the Authorization header. */
  authorizations: ReadonlySet<string>;
  baseUrl(): string;
};

type Body = Record<string, unknown>;
type Run = (declineCode: string | undefined) => KakaoPayment | KakaoRefusal;
type Operation = { run: Run; render(payment: KakaoPayment): Body; orderId: string | undefined };

const pathOfOperations = "/online/v1/payment/";

/** Answers POST /online/v1/payment/ready, approve, order and cancel. */
export function answerApi(call: Call, world: KakaoWorld): Answer | Promise<Answer> {
  if (!world.authorizations.has(call.headers.authorization ?? "")) return refuse({ error: "unauthorized" });
  const name = call.path.slice(pathOfOperations.length);
  const operation = call.method === "POST" ? operationOf(name, parseObject(call.body) ?? {}, world) : undefined;
  if (operation === undefined) return refuse({ error: "unknown_path" });
  world.calls.count(name);
  return performWithFaults(world.faults, {
    name,
    orderId: operation.orderId,
    perform(order) {
      const finish = (): Reply | Promise<Reply> => settled(render(operation, operation.run(order?.declineCode)), world);
      return order?.delayMs === undefined ? finish() : sleep(order.delayMs).then(finish);
    },
    internalError: () => refuse({ error: "internal" }),
    slowDown: () => refuse({ error: "slow_down" }),
    spoil: (kind, answer) => spoil(kind, answer, operation, world),
  });
}

function operationOf(name: string, body: Body, world: KakaoWorld): Operation | undefined {
  const { state } = world;
  const tid = typeof body.tid === "string" ? body.tid : "";
  const orderId = typeof body.partner_order_id === "string" ? body.partner_order_id : undefined;
  const orderIdOfTid = orderId ?? state.byTid(tid)?.ready.partner_order_id;
  const checked = (work: Run): Run => {
    return (code) => (body.cid === world.cid ? work(code) : { error: "invalid_request" });
  };
  switch (name) {
    case "ready": {
      const run = checked((code) => {
        const input = readReady(body);
        if ("error" in input) return input;
        return code === undefined ? state.ready(world.cid, input) : declineOf(code);
      });
      return { run, render: (payment) => renderReady(payment, world.baseUrl()), orderId };
    }
    case "approve": {
      const run = checked((code) => {
        const input = readApprove(body);
        return "error" in input ? input : state.approve(tid, input, code === undefined ? undefined : declineOf(code));
      });
      return { run, render: renderApproved, orderId: orderIdOfTid };
    }
    case "cancel": {
      const run = checked((code) => {
        const input = readCancel(body);
        if ("error" in input) return input;
        return code === undefined ? state.cancel(tid, input) : declineOf(code);
      });
      return { run, render: renderCancelled, orderId: orderIdOfTid };
    }
    case "order": {
      const run = checked((code) => {
        return code === undefined ? (state.byTid(tid) ?? { error: "unknown_tid" }) : declineOf(code);
      });
      return { run, render: renderOrder, orderId: orderIdOfTid };
    }
    default:
      return undefined;
  }
}

function render(operation: Operation, outcome: KakaoPayment | KakaoRefusal): Reply {
  return "error" in outcome ? refuse(outcome) : json(200, operation.render(outcome));
}

function settled(reply: Reply, world: KakaoWorld): Reply | Promise<Reply> {
  return world.state.durable()?.then(() => reply) ?? reply;
}

function spoil(kind: Fault["kind"], answer: Body, operation: Operation, world: KakaoWorld): Body {
  switch (kind) {
    case "extra-fields":
      return withExtraFields(answer);
    case "nulls":
      return withNulls(answer, nullableFields);
    case "wrong-amount": {
      const amount = (answer.amount ?? {}) as { total?: unknown };
      return { ...answer, amount: { ...amount, total: (isWon(amount.total, 0) ? amount.total : 0) + 1000 } };
    }
    case "other-payments-answer": {
      const other = world.state.otherThan(answer.tid);
      const canRender = other !== undefined && (operation.render === renderOrder || other.actions.length > 0);
      if (canRender) return operation.render(other);
      return { ...answer, tid: "T0000000000000000000", partner_order_id: "another-order" };
    }
    default:
      return answer;
  }
}
