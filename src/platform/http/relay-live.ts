import { type Readable, Transform } from "node:stream";
import { frame, retryFrame } from "./watch/frame.ts";

/** A live stream of server-sent events on its way to the client. */
export interface LiveStream {
  readonly body: Readable;
  /** Says why it ends and when to come again, as the service itself would, and ends it. Never inside of an event. */
  drain(retryMs: number): void;
}

const LINE_END = "\n".charCodeAt(0);

export function liveStream(from: Readable): LiveStream {
  let farewell: string | undefined;
  let [before, last] = [LINE_END, LINE_END];
  /** Events end with an empty line (HTML standard §9.2); ours have no other kind of line end. */
  const isBetweenEvents = () => before === LINE_END && last === LINE_END;
  function leaveIfAsked(): void {
    if (farewell === undefined || !isBetweenEvents() || body.writableEnded) return;
    body.push(farewell);
    from.unpipe(body);
    body.end();
    from.destroy();
  }
  const body = new Transform({
    transform(part: Buffer, _encoding, done) {
      before = part.at(-2) ?? last;
      last = part.at(-1) ?? last;
      done(null, part);
      leaveIfAsked();
    },
  });
  // Whichever end breaks, so does the other; the client comes again by itself.
  from.pipe(body);
  from.on("error", () => undefined);
  from.once("close", () => body.writableEnded || body.destroy());
  body.once("close", () => from.destroy());
  return {
    body,
    drain(retryMs) {
      farewell ??= retryFrame(retryMs) + frame("end", { code: "server.draining" });
      leaveIfAsked();
    },
  };
}
