import * as contract from "#contracts/payment/operator-operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import { accept } from "#platform/facts/change.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import { ownHeaders, rawOf, transmissionIdOf, type WebhookRow } from "../flow/webhook.ts";

/**
 * Keeps the webhook and answers; what it may be about is looked up later. The same transmission twice is one row, so a
 * gateway that repeats itself for four days costs nothing.
 */
export const receiveTossWebhook = handle(contract.receiveTossWebhook, async (input, caller, deps: Deps) => {
  const raw = rawOf(caller, input);
  const key = `webhook:toss:${transmissionIdOf(raw) ?? deps.ids.make("webhook")}`;
  const outcome = await deps.records.change({
    keys: [key],
    traceparent: caller.traceparent,
    decide(rows, now) {
      if (rows.get(key)) return accept();
      const from = caller.ip === undefined ? {} : { from: caller.ip };
      const kept = { gateway: "toss" as const, raw: raw.body, headers: ownHeaders(raw), receivedAt: now };
      const row: WebhookRow = { ...kept, ...from, state: "RECEIVED" };
      return { rows: { [key]: row }, work: [{ put: { key, kind: "apply-webhook", stream: key } }] };
    },
  });
  return isRefusal(outcome) ? (outcome as never) : {};
});
