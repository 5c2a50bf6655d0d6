import type { Cache } from "#platform/cache.ts";
import { isRefusal } from "#platform/core/decision.ts";
import { type Ids, makeIds, type Random } from "#platform/core/ids.ts";
import type { Answer, Call, Caller, InputOf, Operation } from "#platform/core/operation.ts";
import type { Clock } from "#platform/core/time.ts";
import type { Pool } from "#platform/db/pool.ts";
import type { BatchLimits, BatchMeters } from "#platform/facts/batcher.ts";
import type { Boundary } from "#platform/facts/boundary.ts";
import type { BusUse } from "#platform/facts/bus.ts";
import type { Consumer } from "#platform/facts/consumer.ts";
import type { Feed } from "#platform/facts/feed.ts";
import { forgetCommands } from "#platform/facts/forget-commands.ts";
import type { Statements } from "#platform/facts/record-store.ts";
import { createRecords } from "#platform/facts/records.ts";
import { retryWished } from "#platform/facts/retry-wished.ts";
import { createRuntime, type Runtime } from "#platform/facts/runtime.ts";
import { startTail } from "#platform/facts/tail.ts";
import type { WorkLimits } from "#platform/facts/work.ts";
import { Unreachable } from "#platform/http/problem.ts";
import type { BoundWatch } from "#platform/http/watch/channel.ts";
import type { AnyService, Kit, Mail, Page } from "#platform/service.ts";
import type { BoundSocket } from "#platform/socket/handler.ts";
import type { Log } from "#platform/telemetry/log.ts";
import { bindWatch } from "./bind-watch.ts";
import { monotonicMs } from "./clock.ts";
import { startLoop } from "./loop.ts";

/** All that a composition of services stands on. Handed in whole: main and tests compose the same way. */
export interface World {
  readonly services: readonly AnyService[];
  /** Typed settings of a service, as configuration read them. */
  readonly settingsOf: (service: AnyService) => Readonly<Record<string, unknown>>;
  /** A pool under the service's own role. */
  readonly poolOf: (service: AnyService) => Pool;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly boundary: Boundary;
  readonly mail: Mail;
  readonly wait: (ms: number) => Promise<void>;
  /** Calls operations of services that live in other processes. */
  readonly callRemote: Call;
  /** Feeds of services that live elsewhere, by name: tests speak for them. */
  readonly remoteFeeds?: ReadonlyMap<string, Feed>;
  /** Carries the events of services that live in different processes. */
  readonly bus?: BusUse | undefined;
  /** Services that the door of this process listens to, wherever they live. */
  readonly listensTo?: readonly string[];
  readonly batch: BatchLimits;
  readonly work: WorkLimits;
  readonly feedPollMs: number;
  /** How long callers' commands are kept (0: for ever), and how often older ones are looked for. */
  readonly forget: { readonly keptDays: number; readonly everyMs: number };
  readonly metersOf: (service: AnyService) => BatchMeters;
  /** Absent: no Redis. */
  readonly cacheOf?: (service: AnyService) => Cache;
}

export interface BoundHandler {
  readonly operation: Operation;
  readonly run: (input: never, caller: Caller) => Promise<unknown>;
  readonly page?: Page;
  readonly watch?: BoundWatch;
}

export interface App {
  readonly services: readonly AnyService[];
  readonly handlers: readonly BoundHandler[];
  readonly sockets: readonly BoundSocket[];
  readonly call: Call;
  readonly ids: Ids;
  readonly feeds: ReadonlyMap<string, Feed>;
  readonly runtimes: ReadonlyMap<string, Runtime>;
  consumers(): readonly Consumer[];
  /** Ends what is under way and closes everything but the pools' owner's database. */
  close(): Promise<void>;
}

interface Part {
  readonly service: AnyService;
  readonly runtime: Runtime;
  readonly pool: Pool;
  readonly statements: Statements;
  readonly deps: unknown;
}

/**
 * Wires the services to each other and to their mechanisms, and starts them. Explicit, in one place, nothing found by
 * name.
 */
export async function compose(world: World): Promise<App> {
  const ids = makeIds(() => world.clock.now(), world.random);
  const handlers = new Map<Operation, BoundHandler>();
  const call = makeCall(world, handlers);
  const parts = world.services.map((service) => makePart(world, service, ids, call));
  const here = new Map(parts.map(({ service, runtime }) => [service.name, runtime.feed] as const));
  const feeds = new Map([...(world.remoteFeeds ?? []), ...(await listenElsewhere(world, here)), ...here]);
  for (const part of parts) {
    for (const { operation, run, watch, ...rest } of part.service.operations) {
      const bound = watch ? { watch: bindWatch(watch, part.deps) } : {};
      handlers.set(operation, { ...rest, ...bound, operation, run: (input, caller) => run(input, caller, part.deps) });
    }
  }
  await Promise.all(parts.map(({ runtime }) => runtime.feed.poll()));
  const stops = [...parts.flatMap((part) => startTails(world, part, feeds)), ...startLoops(world, parts)];
  for (const part of parts) part.runtime.begin(part.deps, heardFromMemory(world, part, feeds, here));
  await Promise.all(parts.map(({ service, deps }) => service.prepare?.(deps)));

  return {
    services: world.services,
    handlers: [...handlers.values()],
    sockets: parts.flatMap(socketsOf),
    call,
    ids,
    feeds,
    runtimes: new Map(parts.map(({ service, runtime }) => [service.name, runtime])),
    consumers: () => parts.flatMap(({ runtime }) => runtime.consumers()),
    async close() {
      await Promise.all(stops.map((stop) => stop()));
      await Promise.all(parts.map(({ runtime }) => runtime.close()));
      await Promise.all(parts.map(({ pool }) => pool.close()));
    },
  };
}

function makePart(world: World, service: AnyService, ids: Ids, call: Call): Part {
  const { clock, random, log, boundary, mail, wait, batch, work, bus } = world;
  const pool = world.poolOf(service);
  const statements = {
    rows: async <Row>(name: string, text: string, values: readonly unknown[]) =>
      (await pool.query<Row>(name, text, values)).rows,
  };
  const meters = world.metersOf(service);
  const runtime = createRuntime({ service, statements, boundary, clock, random, log, wait, batch, work, meters, bus });
  const kit: Kit = {
    clock,
    ids,
    random,
    log,
    call,
    records: createRecords(runtime.batcher, runtime.store),
    sql: { rows: (name, text, values = []) => statements.rows(name, text, values) },
    mail,
    boundary,
    ...(world.cacheOf ? { cache: world.cacheOf(service) } : {}),
  };
  const deps = service.deps(kit, world.settingsOf(service) as never);
  return { service, runtime, pool, statements, deps };
}

/** Direct and typed when the service is in this process; over HTTP when it is not. The same contract either way. */
function makeCall(world: World, handlers: ReadonlyMap<Operation, BoundHandler>): Call {
  return async <Op extends Operation>(operation: Op, input: InputOf<Op>, caller: Caller): Promise<Answer<Op>> => {
    const handler = handlers.get(operation);
    // Nobody waits for it any more; what must be done all the same is work, which has no caller who waits.
    if (caller.answerByMs !== undefined && caller.answerByMs <= monotonicMs())
      throw new Unreachable(operation.service, false);
    const point = { kind: "call" as const, name: `${caller.id ?? "door"}>${operation.service}.${operation.name}` };
    const answer = await world.boundary(point, () =>
      handler ? handler.run(input as never, caller) : world.callRemote(operation, input, caller),
    );
    if (isRefusal(answer))
      world.log.debug({ code: "call.refused", operation: operation.name, refused: answer.refused });
    return answer as Answer<Op>;
  };
}

type Feeds = ReadonlyMap<string, Feed>;

/** What everybody must hear of services that live elsewhere: from now on, in this process. */
async function listenElsewhere(world: World, here: Feeds): Promise<(readonly [string, Feed])[]> {
  const { bus } = world;
  if (bus === undefined) return [];
  const tails = world.services.flatMap((service) => (service.tails ?? []).map((tail) => tail.on.service));
  const names = [...new Set([...tails, ...(world.listensTo ?? [])])].filter((name) => !here.has(name));
  return Promise.all(names.map(async (name) => [name, await bus.bus.listen(name)] as const));
}

/** Without a bus everything; with one, whoever is in this process, or only the service itself. */
function heardFromMemory({ bus }: World, { service, runtime }: Part, feeds: Feeds, here: Feeds): Feeds {
  if (bus === undefined) return feeds;
  return bus.isForNeighbours ? new Map([[service.name, runtime.feed]]) : here;
}

function startTails(world: World, part: Part, feeds: ReadonlyMap<string, Feed>): (() => Promise<void>)[] {
  const tails = part.service.tails ?? [];
  return [...new Set(tails.map((tail) => tail.on.service))].flatMap((source) => {
    const feed = feeds.get(source);
    if (!feed) return [];
    const hear = new Map(tails.filter((tail) => tail.on.service === source).map((tail) => [tail.on.type, tail.hear]));
    const tail = startTail(feed, (event) => hear.get(event.type)?.(event as never, part.deps), world.log);
    return [async () => tail.close()];
  });
}

function socketsOf({ service, deps }: Part): BoundSocket[] {
  return (service.sockets ?? []).map(({ socket, redeem, open }) => ({
    socket,
    redeem: (ticket) => redeem(ticket, deps),
    open: (connection) => open(connection as never, deps),
  }));
}

/** How soon the wish to try a parked key again is seen. */
const WISHES_EVERY_MS = 500;

/** One loop asks all feeds for news from other processes, one tries again what operators wish; each job has its own. */
function startLoops(world: World, parts: readonly Part[]): (() => Promise<void>)[] {
  const feeds = startLoop({ ...world, name: "feeds", everyMs: world.feedPollMs }, async () => {
    await Promise.all(parts.map(({ runtime }) => runtime.feed.poll({ ifDue: true })));
  });
  const retries = startLoop({ ...world, name: "parked", everyMs: WISHES_EVERY_MS }, async () => {
    await Promise.all(parts.map(({ runtime }) => retryWished(runtime, world.log)));
  });
  const forgetting = startForgetting(world, parts);
  const jobs = parts.flatMap(({ service, deps }) =>
    (service.jobs ?? []).map((job) =>
      startLoop({ ...world, name: `${service.name}:${job.name}`, everyMs: job.everyMs }, () =>
        world.boundary({ kind: "work", name: `${service.name}:${job.name}` }, () => job.run(deps)),
      ),
    ),
  );
  return [feeds, retries, forgetting, ...jobs];
}

/** Old commands go, one service after the other: nobody waits for it. */
function startForgetting(world: World, parts: readonly Part[]): () => Promise<void> {
  const { clock, wait, log } = world;
  const { keptDays, everyMs } = world.forget;
  let isOver = false;
  const stop = startLoop({ ...world, name: "forget", everyMs }, async () => {
    for (const { service, statements } of parts) {
      const on = { now: clock.now(), keptDays, wait, isOver: () => isOver };
      const commands = await forgetCommands(service.name, statements, on);
      if (commands > 0) log.info({ code: "commands.forgotten", service: service.name, commands });
    }
  });
  return () => {
    isOver = true;
    return stop();
  };
}
