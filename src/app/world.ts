import type { Call } from "#platform/core/operation.ts";
import { openBoundary } from "#platform/facts/boundary.ts";
import { createRemoteCall } from "#platform/http/client.ts";
import type { AnyService } from "#platform/service.ts";
import { monotonicMs } from "./clock.ts";
import type { World } from "./compose.ts";
import type { Config } from "./config.ts";
import { servicePool } from "./database.ts";
import type { Database } from "./open-database.ts";
import { chance } from "./random.ts";
import type { ServiceTokens } from "./service-keys.ts";
import { StartRefused } from "./start-refused.ts";

type Given = Pick<World, "clock" | "log" | "wait" | "mail" | "metersOf" | "callRemote">;

/** Configuration as the world that services are composed in. */
export function worldOf(config: Config, database: Database, given: Given): World {
  const { platform } = config;
  return {
    ...given,
    services: config.services,
    settingsOf: (service: AnyService) => config.of(service),
    poolOf: (service: AnyService) => servicePool(database.urlOf(service.name), service, platform.poolMax),
    random: chance,
    boundary: openBoundary,
    batch: {
      batchMax: platform.batchMax,
      inFlightMax: platform.batchesInFlight,
      queueMax: platform.batchQueueMax,
      triesMax: platform.batchTriesMax,
      leaseMs: platform.workLeaseMs,
    },
    work: { pollMs: platform.workPollMs, leaseMs: platform.workLeaseMs, tasksMax: platform.workTasksMax },
    feedPollMs: platform.feedPollMs,
  };
}

/** Calls to services of other processes: with a short token, a deadline, a breaker and a bulkhead for each. */
export function remoteCalls(
  config: Config,
  tokens: ServiceTokens | undefined,
  log: World["log"],
): { call: Call; close(): Promise<void> } {
  const needed = new Set(config.services.flatMap((service) => service.calls.map((operation) => operation.service)));
  const missing = [...needed].filter((name) => !config.services.some((service) => service.name === name));
  const nowhere = missing.filter((name) => config.serviceUrlOf(name) === "" || !tokens);
  if (nowhere.length > 0) {
    const keys = nowhere.map((name) => `SERVICE_URL_${name.toUpperCase()}`).join(", ");
    throw new StartRefused(
      `이 서비스들이 부르는 ${nowhere.join(", ")}이(가) 여기서 돌지 않습니다. ${keys}와 SERVICE_SECRET이 필요합니다.\n` +
        `${nowhere.join(", ")} is called from here but does not run here: ${keys} and SERVICE_SECRET are needed.`,
    );
  }
  return createRemoteCall({
    baseUrlOf: config.serviceUrlOf,
    serviceToken: (target, caller) => tokens?.sign(target, caller) ?? "",
    timeoutMs: config.platform.callTimeoutMs,
    monotonicMs,
    log,
  });
}
