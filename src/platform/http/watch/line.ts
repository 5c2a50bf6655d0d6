import type { ServerResponse } from "node:http";
import type { Channel } from "./channel.ts";
import { type EndCode, isBefore, type Place } from "./frame.ts";

/** One client that watches. Ten thousand of these are open at once, so there is nothing in it that could be shared. */
export interface Line {
  readonly raw: ServerResponse;
  readonly channel: Channel;
  /** The thing that is watched. */
  readonly of: string;
  readonly accountId: string | undefined;
  readonly sessionId: string | undefined;
  /** When the client has to show a token again, in ms since 1970. */
  readonly endsAtMs: number;
  readonly endCode: EndCode;
  /** Everything up to here was told. */
  position: number;
  index: number;
  /** When it is next kept alive, in ms of the clock that never jumps. */
  beatAtMs: number;
  isJoined: boolean;
  /** At the last beat, something was still waiting to be sent. */
  isBehind: boolean;
  isOver: boolean;
}

/** Something said, written once for all who watch the thing. */
export interface Message extends Place {
  readonly bytes: Buffer;
  readonly lines: ReadonlySet<Line>;
}

/** Tells a line what it has not heard yet. @returns whether it took it; who is too slow did not. */
export function tell(line: Line, message: Message, bufferBytes: number): boolean {
  if (line.isOver || !isBefore(line, message)) return true;
  if (line.raw.writableLength > bufferBytes) return false;
  line.position = message.position;
  line.index = message.index;
  line.raw.write(message.bytes);
  return true;
}
