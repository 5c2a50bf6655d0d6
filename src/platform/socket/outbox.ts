import type { WebSocket } from "@fastify/websocket";

/** Everything that leaves over one connection, counted until the system has taken it. */
export interface Outbox {
  send(frame: object): void;
  /** Resolves when little is unsent, or the connection is over. */
  ready(): Promise<void>;
  readonly unsentBytes: number;
  /** Since when somebody waits for the client to take something; undefined when nobody does. */
  readonly waitingSinceMs: number | undefined;
  over(): void;
}

/** Below this much unsent, more may follow. */
const LITTLE_BYTES = 64 * 1024;

export function makeOutbox(socket: Pick<WebSocket, "send">, monotonicMs: () => number): Outbox {
  let unsentBytes = 0;
  let waiting: (() => void)[] = [];
  let waitingSinceMs: number | undefined;
  let isOver = false;

  function wake(): void {
    waitingSinceMs = undefined;
    const woken = waiting;
    waiting = [];
    for (const done of woken) done();
  }

  return {
    get unsentBytes() {
      return unsentBytes;
    },
    get waitingSinceMs() {
      return waitingSinceMs;
    },
    send(frame) {
      if (isOver) return;
      const text = JSON.stringify(frame);
      const bytes = Buffer.byteLength(text);
      unsentBytes += bytes;
      socket.send(text, () => {
        unsentBytes -= bytes;
        if (unsentBytes < LITTLE_BYTES) wake();
      });
    },
    ready() {
      if (isOver || unsentBytes < LITTLE_BYTES) return Promise.resolve();
      waitingSinceMs ??= monotonicMs();
      return new Promise((resolve) => waiting.push(resolve));
    },
    over() {
      isOver = true;
      wake();
    },
  };
}
