import type { PublicEvent } from "#platform/core/event.ts";
import type { Clock } from "#platform/core/time.ts";
import type { Log } from "#platform/telemetry/log.ts";
import { traceIdOf } from "#platform/telemetry/trace.ts";
import type { CursorMove, DrainedLetter, Letter } from "./batch.ts";
import type { Boundary } from "./boundary.ts";
import type { CursorStore, Place } from "./cursor-store.ts";
import { isAfter } from "./envelope.ts";
import { failureOf, failureText, isCursorMoved } from "./failure.ts";
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

export interface DeliveryOptions {
  /** Names the cursors: `order`, `order/items`. */
  readonly name: string;
  readonly source: string;
  readonly apply: Apply;
  readonly cursors: CursorStore;
  readonly boundary: Boundary;
  readonly clock: Clock;
  readonly log: Log;
  /** Where the bus reads on behind an event; absent: the events came from memory. */
  readonly offsetOf?: (event: PublicEvent) => number | undefined;
}

/** One consumer's cursors, and what it does with events whatever has brought them. */
export interface Delivery {
  /** The cursors, read when they are not known. */
  places(): Promise<ReadonlyMap<number, Place>>;
  /** Reads the cursors again. */
  reload(): Promise<ReadonlyMap<number, Place>>;
  freshAmong(events: readonly PublicEvent[]): PublicEvent[];
  /** Applies events, each in its commit with the cursor. @throws on a failure that may pass: nothing of it is lost. */
  applyRange(events: readonly PublicEvent[]): Promise<void>;
  /** Moves cursors over what concerns nobody here. */
  pass(moves: readonly Pick<CursorMove, "partition" | "position" | "index" | "offset">[]): Promise<void>;
  /** Keys set aside because one of their events could not be applied. */
  parked(): number;
}

const TRIES_OF_POISON = 3;

export function createDelivery(options: DeliveryOptions): Delivery {
  const { name, source, cursors, log } = options;
  let places: Map<number, Place> | undefined;
  const known = () => places ?? new Map<number, Place>();

  async function reload(): Promise<Map<number, Place>> {
    places = await cursors.load(name, source);
    return places;
  }

  /** Applies a range; a range that fails for a reason of its own is halved until the poison event stands alone. */
  async function applyRange(events: readonly PublicEvent[]): Promise<void> {
    const parked = events.filter((event) => known().get(partitionOf(event.key))?.parked.has(event.key));
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
    const moves = movesFor(events);
    const point = { kind: "deliver" as const, name: `${source}>${name}:${healthy[0]?.type ?? "none"}` };
    const applied = await options.boundary(point, () => options.apply(healthy, moves, letters));
    if (applied !== "nothing") moved(moves);
  }

  function moved(moves: readonly CursorMove[]): void {
    for (const { partition, position, index, was, offset } of moves) {
      const before = places?.get(partition);
      const parked = before?.parked ?? new Set<string>();
      places?.set(partition, { position, index, version: was + 1, parked, offset: offset ?? before?.offset ?? null });
    }
  }

  async function bury(event: PublicEvent, error: unknown, tries: number): Promise<void> {
    const about = { type: event.type, key: event.key, traceId: traceIdOf(event.traceparent) };
    log.error({ code: "event.parked", consumer: name, source, ...about, error });
    await commit([], [event], [letter(event, failureText(error), tries)]);
    places?.get(partitionOf(event.key))?.parked.add(event.key);
  }

  function letter(event: PublicEvent, error: string, attempts: number): Letter {
    const { position, index, key } = event;
    const at = options.clock.now();
    return { consumer: name, source, position, index, partition: partitionOf(key), key, event, error, attempts, at };
  }

  /** One move per partition, to the last of its events. */
  function movesFor(events: readonly PublicEvent[]): CursorMove[] {
    const moves: CursorMove[] = [];
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const last = events.findLast((event) => partitionOf(event.key) === partition);
      if (last) moves.push(moveTo({ partition, ...placeOf(last), ...offsetField(options.offsetOf?.(last)) }));
    }
    return moves;
  }

  function moveTo(move: Pick<CursorMove, "partition" | "position" | "index" | "offset">): CursorMove {
    return { consumer: name, source, was: known().get(move.partition)?.version ?? 0, ...move };
  }

  return {
    places: async () => places ?? (await reload()),
    reload,
    freshAmong: (events) =>
      events.filter((event) => {
        const place = known().get(partitionOf(event.key));
        return !place || isAfter(event, place);
      }),
    applyRange,
    async pass(to) {
      const moves = to.map(moveTo);
      await options.apply([], moves, []);
      moved(moves);
    },
    parked: () => [...known().values()].reduce((sum, place) => sum + place.parked.size, 0),
  };
}

function placeOf({ position, index }: PublicEvent) {
  return { position, index };
}

function offsetField(offset: number | undefined): { readonly offset?: number } {
  return offset === undefined ? {} : { offset };
}
