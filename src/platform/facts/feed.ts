import type { Announcement, PublicEvent } from "#platform/core/event.ts";
import type { StoredFact } from "./change.ts";
import type { RecordStore } from "./record-store.ts";

export interface ReadEvents {
  readonly events: readonly PublicEvent[];
  /** The position up to which was read. */
  readonly upTo: number;
  /** They came from the table: another process committed them, or it was long ago. */
  readonly isForeign?: boolean;
}

/** A service's facts as public events, in commit order. What the memory bus is made of. */
export interface Feed {
  readonly service: string;
  /** Events of the facts after `position`, at most `limit` facts. */
  read(after: number, limit: number): Promise<ReadEvents>;
  /** Called with each batch of facts that this process committed. */
  offer(facts: readonly StoredFact[]): void;
  /** The highest position known to be committed. */
  head(): number;
  /** Wakes the listener when there is something new; returns how to stop listening. */
  onNews(listener: () => void): () => void;
  /**
   * Asks the database whether another process has committed something; with `ifDue` not if a commit of our own has told
   * since the last poll where the log ends, and rarely where nothing happens. Technical failures are left to the next
   * poll.
   */
  poll(options?: { readonly ifDue?: boolean }): Promise<void>;
}

/**
 * After so many polls without news a log is quiet and asked each QUIET_EACH times: most of a house's logs are, and
 * asking all of them every 50 ms took a house at rest a tenth of a core (docs/why/039).
 */
const QUIET_AFTER = 100;
const QUIET_EACH = 4;

/**
 * How many of the newest facts are kept in memory, so that consumers in this process need not read back what was just
 * written. Each service has its own, so this bounds the memory of a process at rest.
 */
const RECENT_MAX = 1_000;

interface Recent {
  readonly position: number;
  readonly events: readonly PublicEvent[];
  readonly isForeign: boolean;
}

/**
 * Facts are handed over from memory only while each follows the one before it without a gap: two commits on two
 * connections may be answered in the other order (MECHANISMS.md §4). At a gap the table is read; positions are gapless
 * and in commit order, so what is visible there is always a whole prefix.
 */
export function createFeed(
  service: string,
  announce: (fact: StoredFact) => readonly Announcement[],
  store: RecordStore,
): Feed {
  // A ring, each fact in the place of the one RECENT_MAX before it; a Map would keep far more (docs/why/038).
  const ring: (Recent | undefined)[] = Array.from({ length: RECENT_MAX });
  const listeners = new Set<() => void>();
  let known = 0;
  /** Since the last poll a commit of ours has told where the log ends. */
  let isTold = false;
  let pollsWithoutNews = 0;

  function recent(position: number): Recent | undefined {
    const found = ring[position % RECENT_MAX];
    return found?.position === position ? found : undefined;
  }

  /** What a reader far behind takes from the table is not kept: it would push out what everybody is about to read. */
  function remember(fact: StoredFact, isForeign: boolean): readonly PublicEvent[] {
    const events = eventsOf(service, fact, announce(fact));
    const { position } = fact;
    if (position > known - RECENT_MAX) ring[position % RECENT_MAX] = { position, events, isForeign };
    return events;
  }

  function advance(to: number): void {
    if (to <= known) return;
    known = to;
    pollsWithoutNews = 0;
    for (const listener of listeners) listener();
  }

  return {
    service,
    head: () => known,
    offer(facts) {
      for (const fact of facts) remember(fact, false);
      isTold = true;
      advance(facts.at(-1)?.position ?? 0);
    },
    async read(after, limit) {
      const events: PublicEvent[] = [];
      let upTo = after;
      let isForeign = false;
      for (let next = recent(upTo + 1); next && upTo < after + limit; next = recent(upTo + 1)) {
        events.push(...next.events);
        isForeign ||= next.isForeign;
        upTo += 1;
      }
      if (upTo > after || known <= after) return { events, upTo, isForeign };
      const facts = await store.facts(after, limit);
      for (const fact of facts) events.push(...(recent(fact.position)?.events ?? remember(fact, true)));
      return { events, upTo: facts.at(-1)?.position ?? after, isForeign: true };
    },
    onNews(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async poll({ ifDue = false } = {}) {
      pollsWithoutNews += 1;
      const isQuiet = pollsWithoutNews > QUIET_AFTER && pollsWithoutNews % QUIET_EACH > 0;
      const isDue = !isTold && !isQuiet;
      isTold = false;
      if (isDue || !ifDue) advance(await store.head());
    },
  };
}

/** An event's identity is (service, position, index): a replay of the fact gives the very same events. */
export function eventsOf(
  service: string,
  fact: StoredFact,
  announcements: readonly Announcement[],
): readonly PublicEvent[] {
  return announcements.map(({ type, data }, index) => ({
    producer: service,
    position: fact.position,
    index,
    type,
    key: fact.stream,
    version: fact.version,
    occurredAt: fact.at,
    traceparent: fact.meta.traceparent,
    ...(fact.meta.commandId === undefined ? {} : { causationId: fact.meta.commandId }),
    data,
  }));
}
