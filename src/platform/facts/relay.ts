import type { PublicEvent } from "#platform/core/event.ts";
import type { Log } from "#platform/telemetry/log.ts";
import type { Bus, BusMessage } from "./bus.ts";
import { type EventPlace, NOWHERE, writeEnvelope } from "./envelope.ts";
import type { Feed } from "./feed.ts";
import { partitionOf } from "./partition.ts";
import type { RelayLease, RelayStore } from "./relay-store.ts";

export interface RelayOptions {
  readonly feed: Feed;
  readonly store: RelayStore;
  readonly bus: Pick<Bus, "publish">;
  readonly leaseMs: number;
  readonly nowMs: () => number;
  readonly wait: (ms: number) => Promise<void>;
  readonly log: Log;
}

export interface Relay {
  readonly service: string;
  /** Facts that are committed and not yet published; 0 while another process publishes, 1 before that is known. */
  lag(): number;
  /** True while this process is the one that publishes. */
  leads(): boolean;
  /** Ends within a second and lets go of the place, so that another process can go on at once. */
  close(): Promise<void>;
}

const FACTS_AT_ONCE = 500;
const RETRY_MAX_MS = 2_000;
const CLOSE_WITHIN_MS = 800;

/**
 * Publishes a service's events in the order of its fact log (MECHANISMS.md §4). One process does so at a time, under a
 * lease; it sends one batch and waits until that is certain, so nothing overtakes. Whoever was frozen and has lost its
 * lease can only say again what was said, and consumers skip what is not newer.
 */
export function startRelay(options: RelayOptions): Relay {
  const { feed, store, log, leaseMs, nowMs } = options;
  let at: RelayLease | undefined;
  let heldUntilMs = 0;
  let hasAsked = false;
  let isClosed = false;
  let wake: () => void = () => {};
  const stopListening = feed.onNews(() => wake());

  /** Until there is news, but not longer than this, nor beyond close(). */
  function pauseFor(ms: number, untilNews: boolean): Promise<void> {
    return new Promise((resolve) => {
      wake = untilNews || isClosed ? resolve : () => isClosed && resolve();
      if (isClosed) resolve();
      else void options.wait(ms).then(resolve);
    });
  }

  const isLeading = () => at !== undefined && !isClosed && nowMs() < heldUntilMs;

  async function take(): Promise<void> {
    const asked = nowMs();
    at = await store.take(leaseMs);
    heldUntilMs = asked + leaseMs;
    hasAsked = true;
  }

  async function keep(): Promise<void> {
    const asked = nowMs();
    if (at && (await store.keep(at, leaseMs))) heldUntilMs = asked + leaseMs;
    else at = undefined;
  }

  async function lead(): Promise<void> {
    let keptMs = nowMs();
    while (isLeading()) {
      const from = at as RelayLease;
      const { events, upTo } = await feed.read(from.position, FACTS_AT_ONCE);
      const { messages, previous } = messagesOf(events, from);
      if (messages.length > 0 && !(await send(messages))) return;
      // While the batch was on its way the place may have been taken, or set back: then the row is right, not we.
      if (!at) return;
      at = { ...at, position: upTo, previous };
      if (nowMs() - keptMs > leaseMs / 3) {
        await keep();
        keptMs = nowMs();
      }
      // Looked at last: news that came meanwhile woke nobody.
      if (feed.head() <= upTo) await pauseFor(leaseMs / 3, true);
    }
  }

  /** Sends the same batch until it is certain to be there. @returns false when the lease was lost meanwhile. */
  async function send(messages: readonly BusMessage[]): Promise<boolean> {
    for (let failures = 0; isLeading(); ) {
      try {
        await options.bus.publish(feed.service, messages);
        return true;
      } catch (error) {
        failures += 1;
        log.warn({ code: "relay.retry", service: feed.service, failures, error });
        await pauseFor(Math.min(RETRY_MAX_MS, 50 * 2 ** failures), false);
        await keep();
      }
    }
    return false;
  }

  async function run(): Promise<void> {
    while (!isClosed) {
      try {
        if (at) await keep();
        else await take();
        if (at) await lead();
        else await pauseFor(leaseMs / 4, false);
      } catch (error) {
        log.warn({ code: "relay.failed", service: feed.service, error });
        await pauseFor(leaseMs / 4, false);
      }
    }
    if (at) await store.keep(at, 0).catch((error: unknown) => log.warn({ code: "relay.failed", error }));
  }

  const running = run();
  return {
    service: feed.service,
    lag: () => (at ? Math.max(0, feed.head() - at.position) : Number(!hasAsked)),
    leads: isLeading,
    close: () => {
      isClosed = true;
      stopListening();
      wake();
      return Promise.race([running, options.wait(CLOSE_WITHIN_MS)]);
    },
  };
}

/** Each event with the one before it in its partition, however the log is cut into batches. */
export function messagesOf(events: readonly PublicEvent[], from: Pick<RelayLease, "previous">) {
  const previous: Record<string, EventPlace> = { ...from.previous };
  const messages = events.map((event): BusMessage => {
    const partition = partitionOf(event.key);
    const text = writeEnvelope(event, previous[partition] ?? NOWHERE);
    previous[partition] = { position: event.position, index: event.index };
    return { key: event.key, partition, text };
  });
  return { messages, previous };
}
