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
}

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

export function makePassages(): Passages {
  const all = new Set<Passage>();
  const live = new Map<Passage, (retryMs: number) => void>();
  let waiting: (() => void)[] = [];
  function leave(passage: Passage): void {
    all.delete(passage);
    if (all.size > 0 || waiting.length === 0) return;
    for (const done of waiting) done();
    waiting = [];
  }
  return {
    get count() {
      return all.size;
    },
    enter: (passage) => void all.add(passage),
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
    overdue: (nowMs) => [...all].filter((passage) => passage.answerByMs <= nowMs && !passage.reply.sent),
    empty: () => (all.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
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
