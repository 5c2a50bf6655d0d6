import type { Clock } from "#platform/core/time.ts";
import type { Log } from "#platform/telemetry/log.ts";
import type { Boundary } from "./boundary.ts";
import type { CursorStore, Place } from "./cursor-store.ts";
import { type Apply, createDelivery } from "./deliver.ts";
import { isCursorMoved } from "./failure.ts";
import type { Feed } from "./feed.ts";

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
  /** What the source has said and this consumer has not yet looked at: facts, or over a bus its messages. */
  lag(): number;
  /** Keys set aside because one of their events could not be applied. */
  parked(): number;
  /** Partitions that stand still because an event before the next one has not come (over a bus only). */
  gaps(): number;
  /** Asks how far the source is, where that is not known by itself. */
  measure(): Promise<void>;
  /** Reads the cursors again before the next event: an operator has drained a key. */
  refresh(): void;
  /** Ends within a second; what is under way then is left, and is applied or not by its one commit. */
  close(): Promise<void>;
}

export const EVENTS_MAX = 500;
/** How many facts without interest may pass before the cursors are written all the same. */
export const HOUSEKEEPING_FACTS = 2_000;
export const CLOSE_WITHIN_MS = 800;
const RETRY_MAX_MS = 2_000;

/** The pause before another try after so many failures in a row. */
export function retryAfterMs(failures: number): number {
  return Math.min(RETRY_MAX_MS, 10 * 2 ** failures);
}

/**
 * Reads a source's feed and applies what concerns this consumer, exactly once by cursor (MECHANISMS.md §5). A technical
 * failure is retried for ever and shows as lag; an event that fails three times by itself parks its key, and only that.
 */
export function startConsumer(options: ConsumerOptions): Consumer {
  const { name, feed, log } = options;
  const delivery = createDelivery({ ...options, source: feed.service });
  let isPlaced = false;
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

  async function turn(): Promise<boolean> {
    if (mustReload) isPlaced = false;
    mustReload = false;
    // The last fact is read again: a commit may have ended between two events of one fact.
    if (!isPlaced) scanned = Math.max(0, lowest(await delivery.reload()) - 1);
    isPlaced = true;
    const from = scanned;
    const { events, upTo, isForeign } = await feed.read(from, EVENTS_MAX);
    const wanted = events.filter((event) => options.types.has(event.type));
    // The process that committed these facts has most likely applied them: looking costs less than a refused commit.
    if (isForeign && delivery.freshAmong(wanted).length > 0) await delivery.reload();
    const fresh = delivery.freshAmong(wanted);
    if (fresh.length > 0) await delivery.applyRange(fresh);
    scanned = upTo;
    const places = await delivery.places();
    if (upTo - lowest(places) > HOUSEKEEPING_FACTS) await delivery.pass(movesTo(upTo, places));
    return upTo > from;
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
        isPlaced = false;
        if (isCursorMoved(error)) continue;
        failures += 1;
        log.warn({ code: "consumer.retry", consumer: name, source: feed.service, failures, error });
        await pauseFor(retryAfterMs(failures));
      }
    }
  }

  const running = run();
  return {
    name,
    source: feed.service,
    lag: () => Math.max(0, feed.head() - scanned),
    parked: delivery.parked,
    gaps: () => 0,
    measure: async () => {},
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

function lowest(places: ReadonlyMap<number, Place>): number {
  return Math.min(...[...places.values()].map((place) => place.position));
}

function movesTo(upTo: number, places: ReadonlyMap<number, Place>) {
  return [...places].flatMap(([partition, place]) =>
    place.position >= upTo ? [] : [{ partition, position: upTo, index: 0 }],
  );
}
