import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";

export interface CachedAnswer {
  readonly text: string;
  readonly etag: string;
}

/** Answers of public reads, ready to send. One per address; nothing of a caller may flow into them. */
export interface ReadCache {
  get(url: string): CachedAnswer | undefined;
  /** Joins the reading of the same address that is under way, or begins it. `read` answers undefined for a refusal. */
  load<Answer>(
    place: CachePlace,
    read: () => Promise<Answer>,
    text: (answer: Answer) => string | undefined,
  ): Promise<Loaded<Answer>>;
  /** Forgets every answer of the service, and those which are just being read: its facts have moved. */
  clear(service: string): void;
  readonly size: number;
}

export interface CachePlace {
  readonly service: string;
  readonly url: string;
  readonly ttlMs: number;
}

export interface Loaded<Answer> {
  readonly answer: Answer;
  readonly cached: CachedAnswer | undefined;
}

interface Stored extends CachedAnswer {
  readonly service: string;
  readonly untilMs: number;
  readonly generation: number;
}

/** A longer address is no page that people share: it is answered, but not kept. */
const URL_LENGTH_MAX = 512;

/** @param maxBytes of texts kept, in characters, which is what they cost or twice that. */
export function makeReadCache(monotonicMs: () => number, maxBytes = 32 * 1024 * 1024): ReadCache {
  const answers = new LRUCache<string, Stored>({
    maxSize: maxBytes,
    maxEntrySize: maxBytes / 8,
    sizeCalculation: (stored, url) => stored.text.length + url.length + 100,
  });
  const underWay = new Map<string, { generation: number; loading: Promise<Loaded<unknown>> }>();
  const generations = new Map<string, number>();
  const generationOf = (service: string) => generations.get(service) ?? 0;

  async function read<Answer>(
    { service, url, ttlMs }: CachePlace,
    fetch: () => Promise<Answer>,
    textOf: (answer: Answer) => string | undefined,
  ): Promise<Loaded<Answer>> {
    const generation = generationOf(service);
    const answer = await fetch();
    const text = textOf(answer);
    if (text === undefined) return { answer, cached: undefined };
    const stored = { text, etag: etagOf(text), service, generation, untilMs: monotonicMs() + ttlMs };
    // What was read before the facts moved is told to those who asked before, but never kept.
    if (generation === generationOf(service) && url.length <= URL_LENGTH_MAX) answers.set(url, stored);
    return { answer, cached: stored };
  }

  return {
    get size() {
      return answers.size;
    },
    get(url) {
      const stored = answers.get(url);
      if (stored === undefined) return undefined;
      return stored.generation === generationOf(stored.service) && stored.untilMs > monotonicMs() ? stored : undefined;
    },
    load(place, fetch, textOf) {
      const generation = generationOf(place.service);
      const shared = underWay.get(place.url);
      if (shared?.generation === generation)
        return shared.loading as ReturnType<typeof read<Awaited<ReturnType<typeof fetch>>>>;
      const loading = read(place, fetch, textOf).finally(() => {
        if (underWay.get(place.url)?.loading === loading) underWay.delete(place.url);
      });
      underWay.set(place.url, { generation, loading });
      return loading;
    },
    clear(service) {
      // Counting up is enough: an answer of an older generation is never given out, and falls out of the LRU in time.
      generations.set(service, generationOf(service) + 1);
    },
  };
}

function etagOf(text: string): string {
  return `"${createHash("sha1").update(text).digest("base64url")}"`;
}
