import type { AnyService } from "#platform/service.ts";
import type { EventPlace } from "./envelope.ts";
import { eventsOf } from "./feed.ts";
import type { RecordStore } from "./record-store.ts";
import { messagesOf } from "./relay.ts";
import type { RelayStore } from "./relay-store.ts";

const AT_ONCE = 1_000;

/** What a rewind has to say: from where it is published again, or that it has not come so far yet. */
export type Rewound = { readonly from: number; readonly publishedTo: number } | { readonly notYet: number };

/**
 * Has a service's relay publish its facts again from a position on: the fact log is the truth, whatever has become of
 * the topic. The log is read from its beginning, as each event names the one before it in its partition. Consumers pass
 * over what they have.
 */
export async function rewindRelay(
  service: Pick<AnyService, "name" | "announce">,
  store: Pick<RecordStore, "facts">,
  relays: RelayStore,
  from: number,
): Promise<Rewound> {
  const published = await relays.position();
  if (from > published) return { notYet: published };
  let previous: Readonly<Record<string, EventPlace>> = {};
  for (let after = 0; after < from - 1; ) {
    const facts = await store.facts(after, Math.min(AT_ONCE, from - 1 - after));
    const last = facts.at(-1);
    if (!last) break;
    const events = facts.flatMap((fact) => eventsOf(service.name, fact, service.announce(fact)));
    previous = messagesOf(events, { previous }).previous;
    after = last.position;
  }
  return { from, publishedTo: await relays.rewind(from - 1, previous) };
}
