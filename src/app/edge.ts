import { makeIds } from "#platform/core/ids.ts";
import type { Caller } from "#platform/core/operation.ts";
import { EDGE } from "#platform/http/access.ts";
import { createServer, type Server } from "#platform/http/server.ts";
import { knockOf } from "#platform/socket/knock.ts";
import type { Log } from "#platform/telemetry/log.ts";
import { makeRegistry } from "#platform/telemetry/metrics.ts";
import { machineNow } from "./clock.ts";
import type { Config } from "./config.ts";
import { docsOf } from "./docs.ts";
import { doorOf, drainOf } from "./door.ts";
import { findElsewhere } from "./elsewhere.ts";
import { hearIdentity } from "./identity-news.ts";
import { listen } from "./listen.ts";
import { addPages } from "./pages.ts";
import { chance } from "./random.ts";
import { startRedis } from "./redis.ts";
import { serviceTokensOf } from "./service-keys.ts";
import { allServices } from "./services.ts";
import { endAll, type Stops } from "./stops.ts";
import { wait } from "./wait.ts";

/** A running edge: the way in to services that run elsewhere. */
export interface Edge {
  readonly url: string;
  stop(): Promise<void>;
}

const asEdge: Caller = {
  kind: "service",
  id: EDGE,
  roles: [],
  traceparent: "00-00000000000000000000000000000002-0000000000000001-01",
  locale: "ko",
};

/**
 * Starts the one entry (O1): it knows every contract and no service. It has no database, so its clock is the machine's.
 */
export async function startEdge(config: Config, log: Log): Promise<Edge> {
  const stops: Stops = [];
  try {
    return { url: await startAll(config, log, stops), stop: () => endAll(stops) };
  } catch (error) {
    await endAll(stops);
    throw error;
  }
}

async function startAll(config: Config, log: Log, stops: Stops): Promise<string> {
  const clock = { now: machineNow };
  const tokens = serviceTokensOf(config, clock);
  const needed = new Set(allServices.map(({ name }) => name));
  const elsewhere = findElsewhere(config, needed, { tokens, clock, log });
  stops.push(() => elsewhere.close());
  const news = await hearIdentity({ config, call: elsewhere.call, world: { clock, log, wait } });
  stops.push(() => news.stop());
  const registry = makeRegistry({ processMetrics: true });
  const redis = await startRedis(config, registry, log);
  stops.push(async () => redis?.close());
  const server: Server = createServer({
    ...doorOf(config, { clock, log }, registry, redis),
    operations: [],
    problems: Object.assign({}, ...allServices.map(({ problems }) => problems)),
    verifyToken: news.verifyToken,
    isRevoked: news.isRevoked,
    ready: { identity: news.check },
    docs: docsOf(config, makeIds(clock.now, chance).make("order")),
    relay: {
      operations: allServices.flatMap(({ operations }) => operations),
      sockets: allServices.flatMap(({ sockets = [] }) => sockets.map(({ socket }) => ({ operation: knockOf(socket) }))),
      addressesOf: elsewhere.addressesOf,
      tokenFor: (service) => tokens?.sign(service, asEdge) ?? "",
      requestsPerService: config.platform.edgeRequestsPerService,
    },
  });
  addPages(server, { letters: undefined });
  stops.push(() => server.close(drainOf(config)));
  return listen(server, config);
}
