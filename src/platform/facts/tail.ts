import type { PublicEvent } from "#platform/core/event.ts";
import type { Log } from "#platform/telemetry/log.ts";
import type { Feed } from "./feed.ts";

/**
 * Hears every event from now on, without a cursor, in every process: for caches, revocation and live streams. A consumer
 * group would reach one process only (MECHANISMS.md §4).
 */
export function startTail(feed: Feed, hear: (event: PublicEvent) => void, log: Log): { close(): void } {
  let seen = feed.head();
  let isReading = false;
  let isClosed = false;

  async function catchUp(): Promise<void> {
    if (isReading || isClosed) return;
    isReading = true;
    try {
      while (!isClosed && seen < feed.head()) {
        const { events, upTo } = await feed.read(seen, 500);
        for (const event of events) hear(event);
        if (upTo === seen) break;
        seen = upTo;
      }
    } catch (error) {
      // The next news, or the next poll, tries again from the same place.
      log.warn({ code: "tail.retry", source: feed.service, error });
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
