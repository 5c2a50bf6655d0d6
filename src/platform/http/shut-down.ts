import { Server as NetServer } from "node:net";
import type { FastifyInstance } from "fastify";
import type { Door } from "./door.ts";

/** A quiet connection is closed only after this long: the client may just be sending its next request on it. */
const QUIET_MS = 200;

/**
 * Drains in an order that loses no request: not ready; no new connections; every answer says `connection: close`; when
 * the last request is over and nothing has come for a while, the idle connections go; what is left then is cut off.
 */
export async function shutDown(fastify: FastifyInstance, door: Door, graceMs: number): Promise<void> {
  door.draining = true;
  const { server } = fastify;
  // http.Server.close would drop idle connections at once, and with them a request that is already on the wire.
  if (server.listening) NetServer.prototype.close.call(server);
  const endsAt = door.monotonicMs() + graceMs;
  while (door.monotonicMs() < endsAt) {
    await within(endsAt - door.monotonicMs(), door.passages.empty());
    await pause(Math.min(QUIET_MS, Math.max(0, endsAt - door.monotonicMs())));
    if (door.passages.count === 0) break;
  }
  if (door.passages.count > 0) door.log.warn({ code: "http.cut_off", requests: door.passages.count });
  server.closeAllConnections();
  await fastify.close();
}

/** Waits for the promise, but not longer than that; the timer does not stay behind and keep the process alive. */
function within(ms: number, promise: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, ms));
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
