import type { PublicEvent } from "#platform/core/event.ts";
import type { Log } from "#platform/telemetry/log.ts";
import type { Feed } from "./feed.ts";

const RETRY_MS = 200;
const FACTS_MAX = 500;

/**
 * Hears every event from now on, without a cursor, in every process: for caches, revocation and live streams. A
 * consumer group would reach one process only (MECHANISMS.md §4).
 */
export function startTail(feed: Feed, hear: (event: PublicEvent) => void, log: Log): { close(): void } {
  /** A listener that fails on one event has missed it, and that must not keep it from the next ones. */
  function tell(event: PublicEvent): void {
    try {
      hear(event);
    } catch (error) {
      log.error({ code: "tail.failed", source: feed.service, type: event.type, key: event.key, error });
    }
  }
  return startBatchTail(feed, async (events) => events.forEach(tell), log);
}

/**
 * The same for who takes time over what it hears: some events at once, up to a position, and no more before it is done
 * with them. Rejected, it hears the same again.
 */
export function startBatchTail(
  feed: Feed,
  hear: (events: readonly PublicEvent[], upTo: number) => Promise<void>,
  log: Log,
): { close(): void } {
  let seen = feed.head();
  let isReading = false;
  let isClosed = false;

  async function catchUp(): Promise<void> {
    if (isReading || isClosed) return;
    isReading = true;
    try {
      while (!isClosed && seen < feed.head()) {
        const { events, upTo } = await feed.read(seen, FACTS_MAX);
        await hear(events, upTo);
        if (upTo === seen) break;
        seen = upTo;
      }
    } catch (error) {
      // From the same place: it may be long until the next news.
      log.warn({ code: "tail.retry", source: feed.service, error });
      setTimeout(() => void catchUp(), RETRY_MS).unref();
    } finally {
      isReading = false;
    }
  }

  const stop = feed.onNews(() => void catchUp());
  return {
    close: () => {
      isClosed = true;
      stop();
    },
  };
}
