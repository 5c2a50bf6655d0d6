import type { WebSocket } from "@fastify/websocket";
import { isRefusal, type Refusal, reject } from "#platform/core/decision.ts";
import type { Caller } from "#platform/core/operation.ts";
import { parseBody } from "#platform/http/body.ts";
import type { Door } from "#platform/http/door.ts";
import { problemBody, refusalOfError } from "#platform/http/problem.ts";
import type { Locale } from "#platform/i18n/locale.ts";
import { traceIdOf } from "#platform/telemetry/trace.ts";
import { CLOSE } from "./close-codes.ts";
import { type Envelope, type Frame, isEnvelope, openEnvelope } from "./frames.ts";
import type { BoundSocket, Connection, TicketHolder } from "./handler.ts";
import type { SocketLimits } from "./limits.ts";
import { makeOutbox } from "./outbox.ts";

/** What all connections of a server share. */
export interface Hall {
  readonly door: Door;
  readonly limits: SocketLimits;
}

export interface ConnectionParts {
  readonly hall: Hall;
  readonly socket: WebSocket;
  readonly bound: BoundSocket;
  readonly frames: ReadonlyMap<string, Frame>;
  readonly holder: TicketHolder;
  readonly locale: Locale;
  readonly ip: string;
  readonly onClosed: (code: number) => void;
}

export interface LiveConnection {
  readonly holder: TicketHolder;
  /** Heartbeat, end of its session or its time, slowness: looked at several times a second. */
  tick(nowMs: number): void;
  close(code: number, reason: string): void;
  /** Takes no more frames; resolves when the one under way has been answered. */
  finish(): Promise<void>;
  /** Gone at once, whatever the client does. */
  terminate(): void;
}

/** Frames that wait for their turn; above that nothing more is read from the connection. */
const WAITING_MAX = 16;

/** One client's connection: its frames are carried out one after another, so that what it sends stays in order. */
export function openConnection(parts: ConnectionParts): LiveConnection {
  const { hall, socket, bound, frames, locale, ip } = parts;
  const { door, limits } = hall;
  const { limiter, log, monotonicMs } = door;
  const outbox = makeOutbox(socket, monotonicMs);
  const waiting: Buffer[] = [];
  let { holder } = parts;
  let isOpen = true;
  let isFinishing = false;
  let underWay: Promise<void> | undefined;
  let endsAtMs = monotonicMs() + limits.lifeMs;
  let framesThisMinute = 0;
  let minuteEndsMs = monotonicMs() + 60_000;
  let nextBeatMs = monotonicMs() + limits.beatMs;
  let isAlive = true;
  let terminateAtMs: number | undefined;

  const connection: Connection = {
    get holder() {
      return holder;
    },
    get isOpen() {
      return isOpen;
    },
    say: (type, fields) => {
      if (!isOpen) return;
      outbox.send({ type, ...fields });
      if (outbox.unsentBytes > limits.unsentBytes) close(CLOSE.TOO_SLOW, "too slow");
    },
    ready: () => outbox.ready(),
    close,
  };
  const session = bound.open(connection);

  const isOver = ({ sessionId }: TicketHolder) => sessionId !== undefined && door.verifiers.isRevoked(sessionId);

  function close(code: number, reason: string): void {
    if (!isOpen) return;
    isOpen = false;
    terminateAtMs = monotonicMs() + limits.closeMs;
    socket.resume();
    socket.close(code, reason);
    outbox.over();
  }

  function refuse(envelope: Pick<Envelope, "type" | "ref"> | undefined, refusal: Refusal, traceparent: string): number {
    const place = { locale, instance: bound.socket.path, requestId: door.traceIds.requestId() };
    const told = problemBody(refusal, door.problems, place);
    if (told === undefined) {
      log.error({ code: "socket.problem_unlisted", problem: refusal.refused });
      return refuse(envelope, { refused: "server.error", details: { traceId: traceIdOf(traceparent) } }, traceparent);
    }
    const { type: _, instance: __, ...problem } = told;
    outbox.send({ type: "refused", ref: envelope?.ref, to: envelope?.type, problem });
    return problem.status;
  }

  /** What the frame comes to: a refusal, or the answer. */
  async function carryOut(envelope: Envelope, caller: Caller): Promise<unknown> {
    if (envelope.type === "renew") return renew(envelope);
    const frame = frames.get(envelope.type);
    if (frame === undefined) return reject("socket.unknown_frame", { field: "type" });
    const perMinute = (frame.requestsPerMinute ?? limits.framesPerMinute) * door.limits.rateFactor;
    const waitMs = perMinute === 0 ? 0 : await limiter.take(`${frame.countedAs}:${holder.accountId}`, perMinute);
    if (waitMs > 0) return reject("request.too_many", { retryAfterSeconds: Math.ceil(waitMs / 1000) });
    const read = frame.read(envelope.fields, locale);
    return "refusal" in read ? read.refusal : frame.run(read.input, caller, session);
  }

  /** A ticket of the same account gives the connection another life, so that nothing is interrupted. */
  async function renew({ fields }: Envelope): Promise<Refusal | { livesMs: number }> {
    const next = typeof fields.ticket === "string" ? await bound.redeem(fields.ticket) : undefined;
    if (next === undefined) return reject("request.invalid", { field: "ticket" });
    if (isRefusal(next)) return next;
    if (next.accountId !== holder.accountId || isOver(next)) return reject("socket.ticket_invalid");
    holder = next;
    endsAtMs = monotonicMs() + limits.lifeMs;
    return { livesMs: limits.lifeMs };
  }

  async function hear(bytes: Buffer): Promise<void> {
    const startedMs = monotonicMs();
    const traceparent = door.traceIds.traceparent();
    const parsed = parseBody(bytes);
    const envelope = "refusal" in parsed ? parsed.refusal : openEnvelope(parsed.body);
    if (!isEnvelope(envelope)) {
      refuse(undefined, envelope, traceparent);
      return;
    }
    const { accountId: id, roles, sessionId } = holder;
    const who = { kind: "account" as const, id, roles, ...(sessionId === undefined ? {} : { sessionId }) };
    const answer = await carryOut(envelope, { ...who, traceparent, locale, ip }).catch((error: unknown) => {
      const refusal = refusalOfError(error, traceIdOf(traceparent));
      if (refusal.refused === "server.error") log.error({ code: "socket.error", frame: envelope.type, error });
      return refusal;
    });
    const { type: to, ref } = envelope;
    const status = isRefusal(answer) ? refuse(envelope, answer, traceparent) : 200;
    if (!isRefusal(answer)) outbox.send({ type: "answer", ref, to, answer });
    const known = to === "renew" || frames.has(to) ? to : "unknown";
    door.metrics.observe(`${bound.socket.name}.${known}`, status, monotonicMs() - startedMs);
    log.debug({ code: "socket.frame", frame: known, status, accountId: id, traceId: traceIdOf(traceparent) });
  }

  async function hearAll(): Promise<void> {
    for (let bytes = waiting.shift(); bytes !== undefined && isOpen && !isFinishing; bytes = waiting.shift()) {
      if (waiting.length < WAITING_MAX / 2) socket.resume();
      await hear(bytes);
      // Answers count, too: who sends without reading waits until they have been taken.
      await outbox.ready();
    }
    underWay = undefined;
  }

  socket.on("message", (data, isBinary) => {
    isAlive = true;
    if (isBinary) return close(CLOSE.NOT_TEXT, "text only");
    if (!isOpen || isFinishing) return;
    if (++framesThisMinute > limits.framesPerMinute) return close(CLOSE.FLOOD, "too many frames");
    waiting.push(data as Buffer);
    if (waiting.length >= WAITING_MAX) socket.pause();
    underWay ??= hearAll().catch((error) => {
      log.error({ code: "socket.error", error });
      close(CLOSE.FAULT, "connect again");
    });
  });
  socket.on("pong", () => {
    isAlive = true;
  });
  socket.on("close", (code) => {
    isOpen = false;
    outbox.over();
    session.closed();
    parts.onClosed(code);
  });
  const { lifeMs: livesMs, beatMs } = limits;
  outbox.send({ type: "welcome", livesMs, beatMs, frameBytes: door.limits.bodyBytes });

  return {
    get holder() {
      return holder;
    },
    close,
    terminate: () => socket.terminate(),
    async finish() {
      isFinishing = true;
      await underWay;
    },
    tick(nowMs) {
      if (nowMs >= minuteEndsMs) {
        minuteEndsMs = nowMs + 60_000;
        framesThisMinute = 0;
      }
      if (terminateAtMs !== undefined) {
        if (nowMs >= terminateAtMs) socket.terminate();
      } else if (isOver(holder)) close(CLOSE.SESSION_OVER, "the session is over");
      else if (nowMs >= endsAtMs) close(CLOSE.RENEW, "get a new ticket");
      else if (nowMs - (outbox.waitingSinceMs ?? nowMs) > limits.slowMs) close(CLOSE.TOO_SLOW, "too slow");
      else if (nowMs >= nextBeatMs) {
        // Two beats without a sign of life: nobody is there any more.
        if (!isAlive) socket.terminate();
        isAlive = false;
        nextBeatMs = nowMs + limits.beatMs;
        socket.ping();
      }
    },
  };
}
