import { isRefusal } from "#platform/core/decision.ts";
import type { PublicEvent } from "#platform/core/event.ts";
import type { AnyService, Kit, Projection } from "#platform/service.ts";
import type { DrainedLetter, Letter } from "./batch.ts";
import { type Batcher, type BatchLimits, type BatchMeters, createBatcher } from "./batcher.ts";
import type { Boundary } from "./boundary.ts";
import type { BusUse } from "./bus.ts";
import type { StoredFact, Task } from "./change.ts";
import { type Consumer, startConsumer } from "./consumer.ts";
import { createCursorStore } from "./cursor-store.ts";
import { createDeadLetters, type DeadLetters, type Drained } from "./dead-letters.ts";
import type { Apply } from "./deliver.ts";
import { createFeed, type Feed } from "./feed.ts";
import { createRecordStore, cursorColumns, json, type RecordStore, type Statements } from "./record-store.ts";
import { type Relay, startRelay } from "./relay.ts";
import { createRelayStore } from "./relay-store.ts";
import { startWork, type WorkLimits, type WorkRunner } from "./work.ts";

/** What the mechanisms of one service run on. */
export interface RuntimeOptions {
  readonly service: AnyService;
  readonly statements: Statements;
  readonly boundary: Boundary;
  readonly clock: Kit["clock"];
  readonly random: Kit["random"];
  readonly log: Kit["log"];
  readonly wait: (ms: number) => Promise<void>;
  readonly batch: BatchLimits;
  readonly work: WorkLimits;
  readonly meters: BatchMeters;
  /** Carries events between processes: what this service announces goes out, what runs elsewhere comes in. */
  readonly bus?: BusUse | undefined;
}

/** The batcher, feed, work and consumers of one service in this process. */
export interface Runtime {
  readonly batcher: Batcher;
  readonly store: RecordStore;
  readonly feed: Feed;
  /**
   * Starts hearing and working; `deps` are the service's own. A source without a feed is heard over the bus.
   */
  begin(deps: unknown, feeds: ReadonlyMap<string, Feed>): void;
  consumers(): readonly Consumer[];
  /** What the consumers of this service have set aside. */
  readonly deadLetters: DeadLetters;
  /** Applies what was set aside of a key, in order; see DeadLetters.retryKey. For reactions and views alike. */
  retryParked(consumer: string, source: string, key: string): Promise<Drained>;
  work(): WorkRunner | undefined;
  /** Publishes this service's events; nothing without a bus. */
  relay(): Relay | undefined;
  close(): Promise<void>;
}

const DRAIN_WITHIN_MS = 2_000;

export function createRuntime(options: RuntimeOptions): Runtime {
  const { service, statements, clock } = options;
  const store = createRecordStore(service.name, statements, options.boundary, service.facets);
  const feed = createFeed(service.name, service.announce, store);
  const relays = createRelayStore(service.name, statements);
  const makeFence = () => fenceFrom(options.random.bytes(6));
  let work: WorkRunner | undefined;
  let consumers: Consumer[] = [];
  let hearings: readonly Hearing[] = [];
  let relay: Relay | undefined;
  const deadLetters = createDeadLetters(
    service.name,
    statements,
    (consumer, source) => hearings.find((one) => one.name === consumer && one.source === source)?.apply,
  );

  const batcher = createBatcher({
    store,
    rules: service,
    clock,
    limits: options.batch,
    meters: options.meters,
    makeFence,
    wait: options.wait,
    ...(service.commitWith ? { commitWith: service.commitWith } : {}),
    onTellFailed: (error) => options.log.error({ code: "commit.untold", service: service.name, error }),
    onCommit(facts: readonly StoredFact[], tasks: readonly Task[]) {
      feed.offer(facts);
      return new Map(tasks.flatMap((task) => (work ? [[task.key, work.start([task])] as const] : [])));
    },
  });

  return {
    batcher,
    store,
    feed,
    consumers: () => consumers,
    deadLetters,
    async retryParked(consumer, source, key) {
      try {
        return await deadLetters.retryKey(consumer, source, key);
      } finally {
        for (const one of consumers) if (one.name === consumer && one.source === source) one.refresh();
      }
    },
    work: () => work,
    relay: () => relay,
    begin(deps, feeds) {
      const handlers = Object.entries(service.work ?? {}).map(
        ([kind, run]) => [kind, (task: Task) => run(task, deps)] as const,
      );
      work = startWork({
        ...options,
        service: service.name,
        store,
        handlers: Object.fromEntries(handlers),
        makeFence,
        limits: options.work,
      });
      options.meters.watch?.({
        queued: batcher.queued,
        consumers: () => consumers,
        underWay: () => work?.underWay() ?? 0,
        relay: () => relay,
        overdue: () => store.overdue(clock.now()),
      });
      hearings = hearingsOf(options, batcher, deps);
      const cursors = createCursorStore(service.name, statements);
      consumers = hearings.flatMap(({ name, source, types, apply }) => {
        const from = feeds.get(source);
        const consumer = { ...options, name, types: new Set(types), apply, cursors };
        if (from) return [startConsumer({ ...consumer, feed: from })];
        return options.bus ? [options.bus.bus.consume({ ...consumer, source })] : [];
      });
      if (options.bus) relay = startRelay({ ...options, ...options.bus, feed, store: relays });
    },
    async close() {
      await Promise.all(consumers.map((consumer) => consumer.close()));
      await work?.close();
      await relay?.close();
      // A database that does not answer must not keep the process: whoever waits is told when the pools close.
      await Promise.race([batcher.drained(), options.wait(DRAIN_WITHIN_MS)]);
    },
  };
}

function fenceFrom(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0) + 1;
}

/** One pair of consumer and source, and how it applies what it hears. */
interface Hearing {
  readonly name: string;
  readonly source: string;
  readonly types: readonly string[];
  readonly apply: Apply;
}

function hearingsOf(options: RuntimeOptions, batcher: Batcher, deps: unknown): Hearing[] {
  const { service, statements } = options;
  const reacting = [...bySource(service.reactions ?? [])].map(([source, reactions]) => ({
    name: service.name,
    source,
    types: reactions.map((reaction) => reaction.on.type),
    apply: applyReactions(options, reactions, batcher, deps),
  }));
  const viewing = (service.views ?? []).flatMap((view) =>
    [...bySource(view.projections)].map(([source, projections]) => ({
      name: `${service.name}/${view.name}`,
      source,
      types: projections.map((projection) => projection.on.type),
      apply: applyView(service.name, statements, projections),
    })),
  );
  return [...reacting, ...viewing];
}

/** The reactions of a service to one source: their changes and the cursors are one unit of the batcher. */
function applyReactions(
  { log, service }: RuntimeOptions,
  reactions: NonNullable<AnyService["reactions"]>,
  batcher: Batcher,
  deps: unknown,
): Apply {
  const byType = new Map(reactions.map((reaction) => [reaction.on.type, reaction]));
  return async (events, cursors, letters, drained = []) => {
    const changes = events.flatMap((event) => {
      const change = byType.get(event.type)?.change(event as PublicEvent<never>, deps);
      if (change && "ignore" in change)
        log.debug({
          code: "event.ignored",
          service: service.name,
          type: event.type,
          key: event.key,
          reason: change.ignore,
        });
      return change && !("ignore" in change) ? [change] : [];
    });
    if (changes.length === 0 && meansNothing(events, letters, drained)) return "nothing";
    const { verdicts } = await batcher.submit({ changes, cursors, letters, drained });
    // A "no" to something that has happened elsewhere is a decision, but one that somebody should be able to see.
    for (const verdict of verdicts) {
      if (isRefusal(verdict)) log.warn({ code: "reaction.refused", service: service.name, refused: verdict.refused });
    }
    return undefined;
  };
}

/** Without events it is the cursors that are to be moved; the others would only be read again after a restart. */
function meansNothing(events: readonly PublicEvent[], letters: readonly Letter[], drained: readonly DrainedLetter[]) {
  return events.length > 0 && letters.length === 0 && drained.length === 0;
}

/** Runs each projection's SQL once, over the rows of its events; of several rows with one id the last stands. */
function applyView(schema: string, statements: Statements, projections: readonly Projection[]): Apply {
  const text = `select "${schema}".apply_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;
  return async (events, moves, letters, drained = []) => {
    const work = projections.map((projection) => ({ sql: projection.sql, rows: rowsFor(projection, events) }));
    const some = work.filter(({ rows }) => rows.length > 0);
    if (some.length === 0 && meansNothing(events, letters, drained)) return "nothing";
    const rows = JSON.stringify(some.map((one) => one.rows));
    const about = [...cursorColumns(moves), json(letters), json(drained)];
    await statements.rows("apply_events", text, [...about, some.map(({ sql }) => sql), rows]);
    return undefined;
  };
}

function rowsFor(projection: Projection, events: readonly PublicEvent[]): unknown[] {
  const rows = new Map<string, unknown>();
  for (const event of events) {
    if (event.type !== projection.on.type) continue;
    const row = projection.row(event as PublicEvent<never>);
    if (!row) continue;
    rows.delete(row.id);
    rows.set(row.id, row);
  }
  return [...rows.values()];
}

function bySource<Heard extends { readonly on: { readonly service: string } }>(
  all: readonly Heard[],
): Map<string, Heard[]> {
  const sources = new Map<string, Heard[]>();
  for (const heard of all) sources.set(heard.on.service, [...(sources.get(heard.on.service) ?? []), heard]);
  return sources;
}
