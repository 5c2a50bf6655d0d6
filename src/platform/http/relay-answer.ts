import { once } from "node:events";
import { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { closeIfDraining } from "./answer.ts";
import type { Door } from "./door.ts";
import type { Passage } from "./passage.ts";
import { liveStream } from "./relay-live.ts";
import { EVENT_STREAM } from "./watch/openapi.ts";

/** A service's answer on its way to the client. */
export interface RelayedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Undefined where there is none to send. */
  readonly body: Readable | Buffer | undefined;
}

/** Small answers are read whole, as that is cheaper than a stream and shows a broken one before anything is told. */
const WHOLE_BYTES_MAX = 64 * 1024;
/** Of the other connection, or said by the edge itself. */
const NOT_RELAYED: ReadonlySet<string> = new Set([
  ...["connection", "keep-alive", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade"],
  ...["traceparent", "x-request-id", "date"],
]);

/** The answer as soon as it may be told: a small one when it is whole, a long one when it begins. */
export async function received(answer: Dispatcher.ResponseData): Promise<RelayedAnswer> {
  const { statusCode: status, headers, body } = answer;
  const length = Number(headers["content-length"]);
  if (status === 204 || status === 304) {
    await body.dump();
    return { status, headers, body: undefined };
  }
  return { status, headers, body: length <= WHOLE_BYTES_MAX ? await whole(body) : body };
}

/** By a plain listener, which costs less than a web stream or an iterator. */
function whole(body: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  body.on("data", (part: Buffer) => parts.push(part));
  body.once("end", () => resolve(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)));
  body.once("error", reject);
  return promise;
}

/** Resolves when the last byte has gone out or the client has left; at once for what has no end (live streams). */
export async function sendRelayed(door: Door, passage: Passage, { status, headers, body }: RelayedAnswer) {
  const { reply } = passage;
  const stream = body instanceof Readable ? body : undefined;
  if (reply.sent) {
    stream?.destroy();
    return;
  }
  reply.code(status);
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || NOT_RELAYED.has(name)) continue;
    // What the edge itself varies by (CORS) holds besides what the service varies by.
    const before = name === "vary" ? reply.getHeader("vary") : undefined;
    reply.header(name, before === undefined ? value : `${before}, ${value}`);
  }
  closeIfDraining(door, passage);
  if (stream !== undefined && String(headers["content-type"]).startsWith(EVENT_STREAM)) {
    const live = liveStream(stream);
    reply.send(live.body);
    door.passages.goLive(passage, live.drain);
    return;
  }
  reply.send(body);
  if (stream !== undefined && !passage.closed) await once(reply.raw, "close");
}
