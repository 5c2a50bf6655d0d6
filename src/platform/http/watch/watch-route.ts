import type { FastifyReply } from "fastify";
import { isRefusal, type Refusal } from "#platform/core/decision.ts";
import type { Feed } from "#platform/facts/feed.ts";
import { answerError, answerRefusal } from "../answer.ts";
import { leave } from "../arrive.ts";
import type { Door } from "../door.ts";
import type { FlatInput } from "../input.ts";
import type { Passage } from "../passage.ts";
import type { BoundWatch, Channel } from "./channel.ts";
import { frame, type Place, readPlace, retryFrame, WHOLE } from "./frame.ts";
import { EVENT_STREAM } from "./openapi.ts";
import type { Watches } from "./watches.ts";

const CONTENT_TYPE = `${EVENT_STREAM}; charset=utf-8`;

/** Where a client goes on, and what it is told first. */
interface Start {
  readonly from: Place;
  /** Absent: it has heard everything up to its place, and nothing is lost. */
  readonly first?: "open" | "reload";
}

export interface WatchRoute {
  readonly door: Door;
  readonly watches: Watches;
  readonly channel: Channel;
  readonly watch: BoundWatch;
  /** Lets the caller in and says how things stand. */
  readonly open: (passage: Passage, input: FlatInput) => Promise<unknown>;
}

/** Opens a line for whoever may see how things stand: it says that first, then what happens. */
export function watchHandler(route: WatchRoute): (passage: Passage, input: FlatInput) => void {
  const { door, watches, channel, watch, open } = route;
  return (passage, input) => {
    const seat = watches.seat(passage.identity);
    if (isRefusal(seat)) return answerRefusal(door, passage, seat);
    passage.running = true;
    const begin = async (): Promise<Refusal | "open" | "left"> => {
      // Taken before the state is read: what happens in between is told twice rather than never.
      const start = await startOf(passage.request.headers["last-event-id"], channel.source.feed, door);
      const state = await open(passage, input);
      if (isRefusal(state)) return state;
      const { reply, identity } = passage;
      if (reply.sent || passage.closed) return "left";
      if (passage.request.method === "HEAD") {
        reply.header("content-type", CONTENT_TYPE).send();
        return "left";
      }
      sendHead(reply);
      const hello = start.first === undefined ? ":\n\n" : frame(start.first, state, start.from);
      reply.raw.write(retryFrame(watches.retryMs()) + hello);
      const of = watch.of(input as never);
      watches.open({ raw: reply.raw, channel, of, identity, from: start.from }, seat);
      return "open";
    };
    begin().then(
      (outcome) => {
        over(door, passage);
        if (outcome === "open") return leave(door, passage, 200);
        seat.give();
        if (outcome !== "left") answerRefusal(door, passage, outcome);
      },
      (error) => {
        over(door, passage);
        seat.give();
        answerError(door, passage, error);
      },
    );
  };
}

function over(door: Door, passage: Passage): void {
  passage.running = false;
  door.passages.leaveIfOver(passage);
}

/**
 * From the client's Last-Event-ID when all that followed can still be read at a bounded cost, else from now on; then it
 * is told how things stand, to forget what it knew.
 */
async function startOf(told: string | string[] | undefined, feed: Feed, { limits, log }: Door): Promise<Start> {
  if (told === undefined || told === "") return { from: { position: feed.head(), index: WHOLE }, first: "open" };
  const place = typeof told === "string" ? readPlace(told) : undefined;
  // Another process may have told what this one is just about to hear.
  if (place !== undefined && place.position > feed.head()) {
    await feed.poll().catch((error) => log.warn({ code: "watch.poll_failed", source: feed.service, error }));
  }
  const head = feed.head();
  const isKnown = place !== undefined && place.position <= head && place.position >= head - limits.watchResumeFacts;
  return isKnown ? { from: place } : { from: { position: head, index: WHOLE }, first: "reload" };
}

/** The body ends with the connection, so nothing has to be written around each event. */
function sendHead(reply: FastifyReply): void {
  const headers = reply.getHeaders() as Record<string, string>;
  const { raw } = reply;
  reply.hijack();
  raw.removeHeader("transfer-encoding");
  raw.writeHead(200, {
    ...headers,
    "content-type": CONTENT_TYPE,
    "cache-control": "no-store, no-transform",
    // nginx would keep the events until it has a buffer full of them.
    "x-accel-buffering": "no",
    connection: "close",
  });
}
