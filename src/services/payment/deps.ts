import type { Ids } from "#platform/core/ids.ts";
import type { Call } from "#platform/core/operation.ts";
import type { Clock } from "#platform/core/time.ts";
import type { Sql } from "#platform/db/sql.ts";
import type { Boundary } from "#platform/facts/boundary.ts";
import type { Records } from "#platform/facts/change.ts";
import type { Kit } from "#platform/service.ts";
import type { SettingsOf } from "#platform/settings.ts";
import type { Log } from "#platform/telemetry/log.ts";
import type { Compartment, Gateway } from "./adapters/gateway.ts";
import { createKakaoPay } from "./adapters/kakaopay.ts";
import { createToss } from "./adapters/toss.ts";
import type { GatewayName } from "./domain/gateway-answer.ts";
import type { settings } from "./settings.ts";

export type PaymentSettings = SettingsOf<typeof settings>;

/** What the code of payment may touch. */
export interface Deps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly call: Call;
  readonly records: Records;
  readonly sql: Sql;
  readonly boundary: Boundary;
  readonly gateways: Readonly<Record<GatewayName, Gateway>>;
  readonly settings: PaymentSettings;
}

/** Each gateway gets connections, a queue and a circuit of its own, so that a dark one darkens nothing else (H15). */
export function makeDeps(kit: Kit, given: PaymentSettings): Deps {
  const { clock, ids, log, call, records, sql, boundary } = kit;
  const compartment = (baseUrl: string): Compartment => ({
    baseUrl,
    clock,
    timeoutMs: given.gatewayTimeoutMs,
    connectTimeoutMs: given.gatewayConnectTimeoutMs,
    maxInFlight: given.gatewayInFlight,
    maxQueued: given.gatewayQueued,
    failuresToOpen: given.breakerFailures,
    halfOpenAfterMs: given.breakerOpenMs,
  });
  const { tossClientKey: clientKey, tossSecretKey: secretKey, tossPageUrl: pageUrl } = given;
  const gateways = {
    toss: createToss({ clientKey, secretKey, pageUrl }, compartment(given.tossBaseUrl)),
    kakaopay: createKakaoPay(
      { cid: given.kakaopayCid, secretKey: given.kakaopaySecretKey },
      compartment(given.kakaopayBaseUrl),
    ),
  };
  return { clock, ids, log, call, records, sql, boundary, gateways, settings: given };
}
