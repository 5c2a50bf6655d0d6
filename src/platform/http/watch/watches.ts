import { Counter, type Registry } from "prom-client";
import { assert } from "#platform/core/assert.ts";
import { type Refusal, reject } from "#platform/core/decision.ts";
import type { Operation } from "#platform/core/operation.ts";
import type { Feed } from "#platform/facts/feed.ts";
import type { Log } from "#platform/telemetry/log.ts";
import { gauge } from "#platform/telemetry/metrics.ts";
import type { Identity } from "../access.ts";
import type { Limits } from "../limits.ts";
import { type BoundWatch, type Channel, makeChannel, part } from "./channel.ts";
import { beatFrame, type EndCode, frame, isBefore, type Place, retryFrame, spreadRetryMs, WHOLE } from "./frame.ts";
import type { Line } from "./line.ts";
import { openSource, type Source } from "./source.ts";

export interface WatchesParts {
  readonly feeds: ReadonlyMap<string, Feed>;
  readonly limits: Limits;
  readonly isRevoked: (sessionId: string) => boolean;
  readonly monotonicMs: () => number;
  /** The time of day, by which tokens end. */
  readonly nowMs: () => number;
  readonly registry: Registry;
  readonly log: Log;
}

/** A seat for one line, taken before anything is read for it. */
export interface Seat {
  give(): void;
}

/** What a line is opened with. */
export interface Opening extends Pick<Line, "raw" | "channel" | "of"> {
  readonly identity: Identity;
  readonly from: Place;
}

/** Every open line of this process. */
export interface Watches {
  channel(operation: Operation, watch: BoundWatch): Channel;
  /** @returns a seat, or why there is none: this account has too many, or all are taken. */
  seat(identity: Identity): Seat | Refusal;
  /** Begins to tell. The seat goes back when the line is over. */
  open(opening: Opening, seat: Seat): void;
  /** How long a client waits before it comes again, in ms. */
  retryMs(): number;
  /** Sends everybody away with a word about when to come again. No line is opened any more. */
  drain(): void;
  close(): void;
}

const SWEEP_MS = 250;
/** After so long a client shows its token again, also where that names no end. */
const LIFE_MS = 3_600_000;

export function makeWatches(parts: WatchesParts): Watches {
  const { feeds, limits, isRevoked, monotonicMs, nowMs, registry, log } = parts;
  const lines = new Map<Line, Seat>();
  const takenBy = new Map<string, number>();
  const sources = new Map<string, Source>();
  let taken = 0;
  let told = 0;
  let isDraining = false;
  gauge(registry, "http_watch_lines", "Lines on which clients watch now.", () => lines.size);
  const ended = new Counter({
    name: "http_watch_ended_total",
    help: "Lines that the house ended, by reason.",
    labelNames: ["reason"],
    registers: [registry],
  });

  function forget(line: Line): boolean {
    const seat = lines.get(line);
    if (seat === undefined) return false;
    lines.delete(line);
    line.isOver = true;
    part(line);
    seat.give();
    return true;
  }

  function end(line: Line, code: EndCode): void {
    if (!forget(line)) return;
    ended.inc({ reason: code });
    line.raw.end(retryFrame(retryMs()) + frame("end", { code }));
  }

  function cut(line: Line): void {
    if (!forget(line)) return;
    ended.inc({ reason: "too_slow" });
    log.info({ code: "watch.too_slow", operation: line.channel.operation.name, accountId: line.accountId });
    line.raw.destroy();
  }

  function retryMs(): number {
    told += 1;
    return spreadRetryMs(told, lines.size);
  }

  function beat(line: Line): void {
    const isBehind = line.raw.writableLength > 0;
    // What was waiting at the last beat is waiting still.
    if (isBehind && line.isBehind) {
      cut(line);
      return;
    }
    line.isBehind = isBehind;
    const heardUpTo = line.channel.source.heardUpTo();
    const isNews = line.isJoined && isBefore(line, { position: heardUpTo, index: WHOLE });
    line.raw.write(beatFrame(isNews ? heardUpTo : undefined));
  }

  function sweep(): void {
    const now = monotonicMs();
    const clockMs = nowMs();
    for (const line of lines.keys()) {
      if (line.sessionId !== undefined && isRevoked(line.sessionId)) end(line, "auth.token_revoked");
      else if (line.endsAtMs <= clockMs) end(line, line.endCode);
      else if (line.beatAtMs <= now) {
        line.beatAtMs = now + limits.watchBeatMs;
        beat(line);
      }
    }
  }
  const sweeping = setInterval(sweep, SWEEP_MS);
  sweeping.unref();

  function sourceOf(watch: BoundWatch): Source {
    const [name = "", ...others] = new Set(watch.hears.map(({ on }) => on.service));
    const feed = feeds.get(name);
    assert(feed !== undefined && others.length === 0, `a watch hears one source, in this process: ${name} ${others}`);
    const source = sources.get(name) ?? openSource({ feed, bufferBytes: limits.watchBufferBytes, log, end, cut });
    sources.set(name, source);
    return source;
  }

  function seat({ id = "" }: Identity): Seat | Refusal {
    const own = takenBy.get(id) ?? 0;
    if (own >= limits.watchesByAccount) return reject("watch.too_many", { maximum: limits.watchesByAccount });
    if (isDraining || taken >= limits.watches) return reject("watch.no_room");
    takenBy.set(id, own + 1);
    taken += 1;
    return {
      give() {
        taken -= 1;
        const left = (takenBy.get(id) ?? 1) - 1;
        if (left === 0) takenBy.delete(id);
        else takenBy.set(id, left);
      },
    };
  }

  return {
    channel(operation, watch) {
      const channel = makeChannel(operation, watch, sourceOf(watch));
      channel.source.channels.push(channel);
      return channel;
    },
    seat,
    open({ raw, channel, of, identity, from }, seat) {
      const clockMs = nowMs();
      const { id, sessionId, expiresAtMs = Number.POSITIVE_INFINITY } = identity;
      const line: Line = {
        ...{ raw, channel, of, accountId: id, sessionId, ...from },
        endsAtMs: Math.min(expiresAtMs, clockMs + LIFE_MS),
        endCode: expiresAtMs <= clockMs + LIFE_MS ? "auth.token_expired" : "watch.renew",
        // The first beats are spread over the whole pause, however many have come at once.
        beatAtMs: monotonicMs() + limits.watchBeatMs * (((told * 61) % 64) / 64),
        ...{ isJoined: false, isBehind: false, isOver: false },
      };
      lines.set(line, seat);
      raw.on("close", () => forget(line));
      channel.source.bringUp(line);
    },
    retryMs,
    drain() {
      isDraining = true;
      for (const line of [...lines.keys()]) end(line, "server.draining");
    },
    close() {
      clearInterval(sweeping);
      for (const source of sources.values()) source.close();
    },
  };
}
