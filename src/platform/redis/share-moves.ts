import type { Feed } from "#platform/facts/feed.ts";
import type { ReadCache } from "#platform/http/read-cache.ts";
import type { Redis } from "./redis.ts";

/**
 * Tells the other processes that a service's facts have moved, and forgets remembered answers when another one tells so.
 * It only makes the news faster: a lost message leaves an answer until the process looks at the feed, or to its
 * `cacheMs` where it reads no feed of the service (docs/why/030).
 */
export function shareMoves(
  redis: Redis,
  parts: {
    /** Separates houses on one Redis: channels know no database numbers. */
    readonly channel: string;
    /** The services whose answers are remembered in this process. */
    readonly services: readonly string[];
    /** The feeds that this process reads, by service. */
    readonly feeds: ReadonlyMap<string, Pick<Feed, "head" | "onNews">>;
    readonly cache: Pick<ReadCache, "clear">;
  },
): () => void {
  const { channel, services, feeds, cache } = parts;
  // The highest position that the others have been told of, by us or by another process.
  const told = new Map<string, number>();
  const telling = new Set<string>();

  /** One message at a time for each service, so what moves while one is under way is told by the next. */
  async function tell(service: string, head: () => number): Promise<void> {
    if (telling.has(service)) return;
    telling.add(service);
    for (let at = head(); at > (told.get(service) ?? 0); at = head()) {
      told.set(service, at);
      await redis.ask((client) => client.publish(channel, `${service} ${at}`));
    }
    telling.delete(service);
  }

  function hear(message: string): void {
    const [service = "", text] = message.split(" ");
    const at = Number(text);
    if (!services.includes(service) || !(at > (told.get(service) ?? 0))) return;
    told.set(service, at);
    cache.clear(service);
  }

  redis.subscribe(channel, hear, () => {
    for (const service of services) cache.clear(service);
  });
  const stops = services.flatMap((service) => {
    const feed = feeds.get(service);
    return feed ? [feed.onNews(() => void tell(service, feed.head))] : [];
  });
  return () => {
    for (const stop of stops) stop();
  };
}
