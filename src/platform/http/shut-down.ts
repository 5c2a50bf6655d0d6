import { Server as NetServer } from "node:net";
import type { FastifyInstance } from "fastify";
import type { Sockets } from "#platform/socket/sockets.ts";
import type { Door } from "./door.ts";

/** A quiet connection is closed only after this long: the client may just be sending its next request on it. */
const QUIET_MS = 200;

export interface Drain {
  /** How long it says "not ready" and goes on as before: time to send what comes elsewhere. */
  readonly noticeMs?: number;
  /** How long requests that are under way then are waited for. */
  readonly graceMs: number;
}

/**
 * Drains in an order that loses no request: not ready, and every answer says `connection: close`; after the notice no
 * new connections, and live streams end; when the last request is over and nothing has come for a while, the idle
 * connections go; what is left then is cut off.
 */
export async function shutDown(
  fastify: FastifyInstance,
  door: Door,
  sockets: Pick<Sockets, "drain">,
  within: Drain,
): Promise<void> {
  door.draining = true;
  const { server } = fastify;
  if (within.noticeMs) await pause(within.noticeMs);
  // http.Server.close would drop idle connections at once, and with them a request that is already on the wire.
  if (server.listening) NetServer.prototype.close.call(server);
  const endsAt = door.monotonicMs() + within.graceMs;
  // Streams without an end would be waited for in vain; their clients take them up again elsewhere.
  door.passages.endLive();
  door.watches?.drain();
  const emptied = sockets.drain(within.graceMs);
  while (door.monotonicMs() < endsAt) {
    await settled(endsAt - door.monotonicMs(), door.passages.empty());
    await pause(Math.min(QUIET_MS, Math.max(0, endsAt - door.monotonicMs())));
    if (door.passages.count === 0) break;
  }
  if (door.passages.count > 0) door.log.warn({ code: "http.cut_off", requests: door.passages.count });
  await emptied;
  server.closeAllConnections();
  await fastify.close();
}

/** Waits for the promise, but not longer than that; the timer does not stay behind and keep the process alive. */
function settled(ms: number, promise: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, ms));
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
