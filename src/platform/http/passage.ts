import type { FastifyReply, FastifyRequest } from "fastify";
import type { Operation } from "#platform/core/operation.ts";
import type { Page } from "#platform/service.ts";
import type { Identity } from "./access.ts";
import { spreadRetryMs } from "./watch/frame.ts";

/** One request on its way through the door. */
export interface Passage {
  /** Undefined where no operation is at the address. */
  readonly operation: Operation | undefined;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly requestId: string;
  readonly traceparent: string;
  readonly startedMs: number;
  answerByMs: number;
  identity: Identity;
  /** It came through the edge, which has counted it and knows the client's address. */
  isFromEdge: boolean;
  /** How the answer is shown to a browser; undefined for everybody who did not ask for HTML. */
  page: Page | undefined;
  /** Code of the problem that was answered, for the log. */
  problem: string | undefined;
  /** A handler may go on after its caller has left: both must be over before the place is free. */
  running: boolean;
  closed: boolean;
  /** Where it stands among those under way; NOWHERE before and after. */
  place: number;
}

export const NOWHERE = -1;

/** The requests under way: what the bound on concurrency counts, deadlines are kept on, and a drain waits for. */
export interface Passages {
  readonly count: number;
  /**
   * From now on it is a stream without an end: it is not counted, and a drain does not wait for it but ends it, telling
   * how long its client had best wait before it comes again, in ms.
   */
  goLive(passage: Passage, end: (retryMs: number) => void): void;
  endLive(): void;
  enter(passage: Passage): void;
  leaveIfOver(passage: Passage): void;
  /** Those whose answer is due. */
  overdue(nowMs: number): Passage[];
  /** Resolves when none is left. */
  empty(): Promise<void>;
}

/**
 * An array in which the last one takes the place of who leaves. A Set would keep all that pass: its table is replaced
 * as they come and go, each points to the next, and from one that has grown old hangs all that came after, until
 * everything is collected (docs/why/038).
 */
export function makePassages(): Passages {
  const all: Passage[] = [];
  const live = new Map<Passage, (retryMs: number) => void>();
  let waiting: (() => void)[] = [];
  function leave(passage: Passage): void {
    const { place } = passage;
    const last = all.at(-1);
    if (last !== undefined && place !== NOWHERE) {
      all[place] = last;
      last.place = place;
      passage.place = NOWHERE;
      all.pop();
    }
    if (all.length > 0 || waiting.length === 0) return;
    for (const done of waiting) done();
    waiting = [];
  }
  return {
    get count() {
      return all.length;
    },
    enter(passage) {
      passage.place = all.push(passage) - 1;
    },
    goLive(passage, end) {
      if (passage.closed) return end(spreadRetryMs(0, 0));
      live.set(passage, end);
      leave(passage);
    },
    endLive() {
      for (const [nth, end] of [...live.values()].entries()) end(spreadRetryMs(nth, live.size));
    },
    leaveIfOver(passage) {
      if (!passage.closed || passage.running) return;
      live.delete(passage);
      leave(passage);
    },
    overdue: (nowMs) => all.filter((passage) => passage.answerByMs <= nowMs && !passage.reply.sent),
    empty: () => (all.length === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
}

interface Carrier {
  passage: Passage | null;
}

export function passageOf(request: FastifyRequest): Passage | null {
  return (request as unknown as Carrier).passage;
}

export function carry(request: FastifyRequest, passage: Passage): void {
  (request as unknown as Carrier).passage = passage;
}
