import { openBoundary } from "#platform/facts/boundary.ts";
import type { AnyService } from "#platform/service.ts";
import type { World } from "./compose.ts";
import type { Config } from "./config.ts";
import { servicePool } from "./database.ts";
import type { Database } from "./open-database.ts";
import { chance } from "./random.ts";

const FORGET_EVERY_MS = 3_600_000;

type Given = Pick<World, "clock" | "log" | "wait" | "mail" | "metersOf" | "callRemote" | "cacheOf" | "bus">;

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
    forget: { keptDays: platform.commandsKeptDays, everyMs: FORGET_EVERY_MS },
    // The door hears of ended sessions and new keys, wherever identity runs.
    listensTo: ["identity"],
  };
}
