import type { EventContract, EventData, PublicEvent } from "#platform/core/event.ts";
import type { Clock } from "#platform/core/time.ts";
import type { Feed } from "#platform/facts/feed.ts";

/** A feed that a test speaks on, in the place of a service that is not composed. */
export interface SpokenFeed extends Feed {
  say<Contract extends EventContract>(contract: Contract, key: string, data: EventData<Contract>): void;
}

export function spokenFeed(service: string, clock: Clock): SpokenFeed {
  const events: PublicEvent[] = [];
  const listeners = new Set<() => void>();
  return {
    service,
    head: () => events.length,
    offer: () => undefined,
    poll: async () => undefined,
    read: async (after, limit) => {
      const some = events.slice(after, after + limit);
      return { events: some, upTo: after + some.length };
    },
    onNews: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    say: (contract, key, data) => {
      const position = events.length + 1;
      const version = events.filter((event) => event.key === key).length + 1;
      const traceparent = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";
      const occurredAt = clock.now();
      const { type } = contract;
      events.push({ producer: service, position, index: 0, type, key, version, occurredAt, traceparent, data });
      for (const listener of listeners) listener();
    },
  };
}
