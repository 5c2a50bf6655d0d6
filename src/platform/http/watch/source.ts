import type { PublicEvent } from "#platform/core/event.ts";
import type { Feed } from "#platform/facts/feed.ts";
import { startBatchTail } from "#platform/facts/tail.ts";
import type { Log } from "#platform/telemetry/log.ts";
import { type Audience, type Channel, join, sayAll } from "./channel.ts";
import { type EndCode, isBefore, WHOLE } from "./frame.ts";
import { type Line, tell } from "./line.ts";

/** One service's events on their way to those who watch. */
export interface Source {
  readonly feed: Feed;
  readonly channels: Channel[];
  /** Everything up to here was told to all who have joined. */
  heardUpTo(): number;
  /** Tells a line what it has missed since its place, and from then on whatever happens. */
  bringUp(line: Line): void;
  close(): void;
}

export interface SourceParts {
  readonly feed: Feed;
  readonly bufferBytes: number;
  readonly log: Log;
  readonly end: (line: Line, code: EndCode) => void;
  readonly cut: (line: Line) => void;
}

const FACTS_MAX = 500;
/** After so many writes the requests of others have their turn. */
const WRITES_MAX = 500;

/**
 * Two ways lead to a line, and each event comes by exactly one of them: what it missed is read from the log until
 * nothing known is left, and in that very moment it joins those who are told live. Its place refuses what it has heard.
 */
export function openSource(parts: SourceParts): Source {
  const { feed, bufferBytes, log, end, cut } = parts;
  const channels: Channel[] = [];
  let waiting: Line[] = [];
  let isBringing = false;
  let heardUpTo = feed.head();

  async function tellAll(events: readonly PublicEvent[], audience: Audience): Promise<void> {
    const { messages, unsaid } = await sayAll(channels, events, audience, log);
    // They come again with the place before it, and it is said anew.
    for (const line of unsaid) end(line, "server.behind");
    let writes = 0;
    for (const message of messages) {
      for (const line of message.lines) {
        if (!tell(line, message, bufferBytes)) cut(line);
        writes += 1;
        if (writes % WRITES_MAX === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }

  const tail = startBatchTail(
    feed,
    async (events, upTo) => {
      await tellAll(events, (channel, of) => channel.lines.get(of));
      heardUpTo = upTo;
    },
    log,
  );

  /** All who wait are brought up by one reading: ten thousand who come back at once cost little more than one. */
  async function bring(group: readonly Line[]): Promise<void> {
    const byThing = new Map<Channel, Map<string, Set<Line>>>();
    for (const line of group) {
      const things = byThing.get(line.channel) ?? new Map<string, Set<Line>>();
      byThing.set(line.channel, things.set(line.of, (things.get(line.of) ?? new Set()).add(line)));
    }
    let at = group.reduce((lowest, line) => Math.min(lowest, firstUnheard(line)), Number.MAX_SAFE_INTEGER);
    while (at < feed.head()) {
      const { events, upTo } = await feed.read(at, FACTS_MAX);
      if (upTo === at) throw new Error(`${feed.service} knows of facts that cannot be read`);
      await tellAll(events, (channel, of) => byThing.get(channel)?.get(of));
      at = upTo;
    }
    // Nothing is awaited between the last look at the head and this: no event can fall between the two ways.
    for (const line of group) {
      if (line.isOver) continue;
      if (isBefore(line, { position: at, index: WHOLE })) {
        line.position = at;
        line.index = WHOLE;
      }
      join(line);
    }
  }

  async function bringAll(): Promise<void> {
    isBringing = true;
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      await bring(group).catch((error) => {
        log.warn({ code: "watch.behind", source: feed.service, lines: group.length, error });
        for (const line of group) end(line, "server.behind");
      });
    }
    isBringing = false;
  }

  return {
    feed,
    channels,
    heardUpTo: () => heardUpTo,
    bringUp(line) {
      waiting.push(line);
      if (!isBringing) void bringAll();
    },
    close: () => tail.close(),
  };
}

/** Where to read from: a fact of which a part was told is read again, and the line's place refuses that part. */
function firstUnheard({ position, index }: Line): number {
  return index === WHOLE ? position : position - 1;
}
