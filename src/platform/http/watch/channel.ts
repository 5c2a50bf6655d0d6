import { assert } from "#platform/core/assert.ts";
import type { EventContract, PublicEvent } from "#platform/core/event.ts";
import type { Operation } from "#platform/core/operation.ts";
import type { Log } from "#platform/telemetry/log.ts";
import { frame } from "./frame.ts";
import type { Line, Message } from "./line.ts";
import type { Source } from "./source.ts";

export interface Said {
  readonly name: string;
  readonly data: unknown;
}

/** What a watch hears and says, its dependencies inside already. */
export interface BoundWatch {
  readonly of: (input: never) => string;
  readonly hears: readonly {
    readonly on: EventContract;
    readonly of: (event: PublicEvent<never>) => string;
    readonly say: (event: PublicEvent<never>) => Said | undefined | Promise<Said | undefined>;
  }[];
}

/** One watch of this process and the lines that are open on it, by the thing that they watch. */
export interface Channel {
  readonly operation: Operation;
  readonly hears: ReadonlyMap<string, BoundWatch["hears"][number]>;
  readonly lines: Map<string, Set<Line>>;
  readonly source: Source;
}

/** Said by every watch: how things stand, the same anew, and the end. */
const OWN_NAMES = ["open", "reload", "end"];

export function makeChannel(operation: Operation, { hears }: BoundWatch, source: Source): Channel {
  const { name, says = {}, access } = operation;
  assert(
    Object.keys(says).every((word) => /^[a-z]+(-[a-z]+)*$/.test(word) && !OWN_NAMES.includes(word)),
    `${name} says something that has no name`,
  );
  assert(typeof access !== "string", `${name}: who watches has an account, by which lines are counted`);
  const byType = new Map(hears.map((one) => [one.on.type, one]));
  assert(byType.size === hears.length, `${name} hears something twice`);
  return { operation, hears: byType, lines: new Map(), source };
}

export function join(line: Line): void {
  const { lines } = line.channel;
  const watching = lines.get(line.of) ?? new Set();
  lines.set(line.of, watching.add(line));
  line.isJoined = true;
}

export function part(line: Line): void {
  const { lines } = line.channel;
  const watching = lines.get(line.of);
  if (watching?.delete(line) && watching.size === 0) lines.delete(line.of);
}

/** Who would be told what is heard of a thing. */
export type Audience = (channel: Channel, of: string) => ReadonlySet<Line> | undefined;

/**
 * What is said of these events, in their order, to those who watch. Each is worded once, however many hear it; what
 * nobody watches costs nothing.
 * @returns the messages, and those whom something could not be said to: they must ask again.
 */
export async function sayAll(
  channels: readonly Channel[],
  events: readonly PublicEvent[],
  audience: Audience,
  log: Log,
): Promise<{ readonly messages: readonly Message[]; readonly unsaid: readonly Line[] }> {
  const unsaid: Line[] = [];
  const wordings = events.flatMap((event) =>
    channels.flatMap((channel) => {
      const heard = channel.hears.get(event.type);
      const lines = heard && audience(channel, heard.of(event as PublicEvent<never>));
      if (heard === undefined || lines === undefined || lines.size === 0) return [];
      const { position, index } = event;
      const saying = said(heard, event).then(
        (one): Message | undefined =>
          one && { position, index, lines, bytes: Buffer.from(frame(one.name, one.data, event)) },
        (error): undefined => {
          log.warn({
            code: "watch.unsaid",
            operation: channel.operation.name,
            type: event.type,
            key: event.key,
            error,
          });
          unsaid.push(...lines);
        },
      );
      return [saying];
    }),
  );
  const messages = (await Promise.all(wordings)).filter((one) => one !== undefined);
  return { messages, unsaid };
}

/** What throws before its first await must end as a rejection too. */
async function said(heard: BoundWatch["hears"][number], event: PublicEvent): Promise<Said | undefined> {
  return heard.say(event as PublicEvent<never>);
}
