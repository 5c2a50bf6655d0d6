import type { PublicEvent } from "#platform/core/event.ts";
import type { Clock } from "#platform/core/time.ts";
import type { Log } from "#platform/telemetry/log.ts";
import { traceIdOf } from "#platform/telemetry/trace.ts";
import type { CursorMove, DrainedLetter, Letter } from "./batch.ts";
import type { Boundary } from "./boundary.ts";
import type { CursorStore, Place } from "./cursor-store.ts";
import { failureOf, failureText, isCursorMoved } from "./failure.ts";
import type { Feed } from "./feed.ts";
import { PARTITIONS, partitionOf } from "./partition.ts";

/**
 * Applies events in the commit that moves their cursors and buries their letters: a view's SQL, or a batch of changes.
 * "nothing" when these events mean nothing here: then there was no commit, and the cursors have not moved.
 */
export type Apply = (
  events: readonly PublicEvent[],
  moves: readonly CursorMove[],
  letters: readonly Letter[],
  drained?: readonly DrainedLetter[],
) => Promise<undefined | "nothing">;

export interface ConsumerOptions {
  /** Names the cursors: `order`, `order/items`. */
  readonly name: string;
  readonly feed: Feed;
  readonly types: ReadonlySet<string>;
  readonly apply: Apply;
  readonly cursors: CursorStore;
  readonly boundary: Boundary;
  readonly clock: Clock;
  readonly log: Log;
  readonly wait: (ms: number) => Promise<void>;
}

export interface Consumer {
  readonly name: string;
  readonly source: string;
  /** Facts of the source not yet looked at. */
  lag(): number;
  /** Keys set aside because one of their events could not be applied. */
  parked(): number;
  /** Reads the cursors again before the next event: an operator has drained a key. */
  refresh(): void;
  /** Ends within a second; what is under way then is left, and is applied or not by its one commit. */
  close(): Promise<void>;
}

const EVENTS_MAX = 500;
const TRIES_OF_POISON = 3;
/** How many facts without interest may pass before the cursors are written all the same. */
const HOUSEKEEPING_FACTS = 2_000;
const CLOSE_WITHIN_MS = 800;

/**
 * Reads a source's feed and applies what concerns this consumer, exactly once by cursor (MECHANISMS.md §5). A technical
 * failure is retried for ever and shows as lag; an event that fails three times by itself parks its key, and only that.
 */
export function startConsumer(options: ConsumerOptions): Consumer {
  const { name, feed, cursors, log } = options;
  let places: Map<number, Place> | undefined;
  let scanned = 0;
  let isClosed = false;
  let mustReload = false;
  let wake: () => void = () => {};
  let endPause: () => void = () => {};
  let hasNews = true;
  const stopListening = feed.onNews(() => {
    hasNews = true;
    wake();
  });

  async function load(): Promise<Map<number, Place>> {
    const loaded = await cursors.load(name, feed.service);
    // The last fact is read again: a commit may have ended between two events of one fact.
    scanned = Math.max(0, lowest(loaded) - 1);
    return loaded;
  }

  async function turn(): Promise<boolean> {
    if (mustReload) places = undefined;
    mustReload = false;
    places ??= await load();
    const from = scanned;
    const { events, upTo, isForeign } = await feed.read(from, EVENTS_MAX);
    const wanted = events.filter((event) => options.types.has(event.type));
    // The process that committed these facts has most likely applied them: looking costs less than a refused commit.
    if (isForeign && freshAmong(wanted).length > 0) places = await cursors.load(name, feed.service);
    const fresh = freshAmong(wanted);
    if (fresh.length > 0) await applyRange(fresh);
    scanned = upTo;
    if (places && upTo - lowest(places) > HOUSEKEEPING_FACTS) await moveAll(upTo);
    return upTo > from;
  }

  function freshAmong(events: readonly PublicEvent[]): PublicEvent[] {
    const current = places ?? new Map<number, Place>();
    return events.filter((event) => isNew(event, current));
  }

  /** Applies a range; a range that fails for a reason of its own is halved until the poison event stands alone. */
  async function applyRange(events: readonly PublicEvent[]): Promise<void> {
    const current = places ?? new Map<number, Place>();
    const parked = events.filter((event) => current.get(partitionOf(event.key))?.parked.has(event.key));
    const healthy = parked.length === 0 ? events : events.filter((event) => !parked.includes(event));
    const letters = parked.map((event) => letter(event, "its key is parked", 0));
    for (let tries = 1; ; tries++) {
      try {
        return await commit(healthy, events, letters);
      } catch (error) {
        if (isCursorMoved(error) || failureOf(error).mayPass) throw error;
        if (events.length > 1) {
          const middle = events.length >> 1;
          await applyRange(events.slice(0, middle));
          return await applyRange(events.slice(middle));
        }
        if (tries < TRIES_OF_POISON) continue;
        return await bury(events[0] as PublicEvent, error, tries);
      }
    }
  }

  async function commit(
    healthy: readonly PublicEvent[],
    events: readonly PublicEvent[],
    letters: readonly Letter[],
  ): Promise<void> {
    const current = places ?? new Map<number, Place>();
    const moves = movesFor(name, feed.service, events, current);
    const point = { kind: "deliver" as const, name: `${feed.service}>${name}:${healthy[0]?.type ?? "none"}` };
    const applied = await options.boundary(point, () => options.apply(healthy, moves, letters));
    if (applied !== "nothing") moved(moves);
  }

  function moved(moves: readonly CursorMove[]): void {
    for (const { partition, position, index, was } of moves) {
      const parked = places?.get(partition)?.parked ?? new Set<string>();
      places?.set(partition, { position, index, version: was + 1, parked });
    }
  }

  async function bury(event: PublicEvent, error: unknown, tries: number): Promise<void> {
    const about = { type: event.type, key: event.key, traceId: traceIdOf(event.traceparent) };
    log.error({ code: "event.parked", consumer: name, source: feed.service, ...about, error });
    await commit([], [event], [letter(event, failureText(error), tries)]);
    places?.get(partitionOf(event.key))?.parked.add(event.key);
  }

  function letter(event: PublicEvent, error: string, attempts: number): Letter {
    const { position, index, key } = event;
    const partition = partitionOf(key);
    const at = options.clock.now();
    return { consumer: name, source: feed.service, position, index, partition, key, event, error, attempts, at };
  }

  async function moveAll(upTo: number): Promise<void> {
    const current = places ?? new Map<number, Place>();
    const moves = [...current].flatMap(([partition, place]) =>
      place.position >= upTo
        ? []
        : [{ consumer: name, source: feed.service, partition, was: place.version, position: upTo, index: 0 }],
    );
    await options.apply([], moves, []);
    moved(moves);
  }

  /** Waits, but not beyond close(). A race with one lasting promise would keep a reaction for each pause for ever. */
  function pauseFor(ms: number): Promise<void> {
    return new Promise((resolve) => {
      endPause = resolve;
      if (isClosed) resolve();
      else void options.wait(ms).then(resolve);
    });
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!isClosed) {
      try {
        hasNews = false;
        const moved = await turn();
        failures = 0;
        if (moved || hasNews || isClosed) continue;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      } catch (error) {
        places = undefined;
        if (isCursorMoved(error)) continue;
        failures += 1;
        log.warn({ code: "consumer.retry", consumer: name, source: feed.service, failures, error });
        await pauseFor(Math.min(2_000, 10 * 2 ** failures));
      }
    }
  }

  const running = run();
  return {
    name,
    source: feed.service,
    lag: () => Math.max(0, feed.head() - scanned),
    parked: () => [...(places?.values() ?? [])].reduce((sum, place) => sum + place.parked.size, 0),
    refresh: () => {
      mustReload = true;
      wake();
    },
    close: () => {
      isClosed = true;
      stopListening();
      wake();
      endPause();
      return Promise.race([running, options.wait(CLOSE_WITHIN_MS)]);
    },
  };
}

function isNew(event: PublicEvent, places: ReadonlyMap<number, Place>): boolean {
  const place = places.get(partitionOf(event.key));
  if (!place) return true;
  return event.position > place.position || (event.position === place.position && event.index > place.index);
}

function lowest(places: ReadonlyMap<number, Place>): number {
  return Math.min(...[...places.values()].map((place) => place.position));
}

/** One move per partition, to the last of its events. */
function movesFor(
  consumer: string,
  source: string,
  events: readonly PublicEvent[],
  places: ReadonlyMap<number, Place>,
): CursorMove[] {
  const moves: CursorMove[] = [];
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const last = events.findLast((event) => partitionOf(event.key) === partition);
    if (!last) continue;
    const was = places.get(partition)?.version ?? 0;
    moves.push({ consumer, source, partition, was, position: last.position, index: last.index });
  }
  return moves;
}
