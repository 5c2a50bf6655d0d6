import { type IncomingMessage, request as open, ServerResponse } from "node:http";
import { request as openSecure } from "node:https";
import type { Socket } from "node:net";
import { pipeline } from "node:stream";
import type { FastifyInstance } from "fastify";
import type { Operation } from "#platform/core/operation.ts";
import { isRefused } from "./addresses.ts";
import type { Door } from "./door.ts";
import type { Passage } from "./passage.ts";
import { Unreachable } from "./problem.ts";
import { answerFailed, type Relay } from "./relay.ts";
import { sendRelayed } from "./relay-answer.ts";

/** Only WebSockets: whoever offers another protocol (h2c) is answered in the one that was spoken. */
export function isUpgrade({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === "websocket";
}

interface Upgrading extends IncomingMessage {
  /** What the client has sent already behind its request. */
  upgradeHead?: Buffer;
}

/** Lets a request to upgrade go the way of every other: the same routes, tokens and limits. */
export function acceptUpgrades(fastify: FastifyInstance): void {
  fastify.server.on("upgrade", (request: Upgrading, socket: Socket, head: Buffer) => {
    request.upgradeHead = head;
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.once("finish", () => socket.end());
    socket.on("error", () => socket.destroy());
    fastify.routing(request, response);
  });
}

/** Joins the client's connection with one to the service, once the service has agreed; else its answer is told. */
export async function relayUpgrade(door: Door, operation: Operation, passage: Passage, relay: Relay): Promise<void> {
  const { request, reply } = passage;
  const addresses = relay.addressesOf(operation.service);
  const tried = new Set<string>();
  for (let address = addresses.pick(); address !== undefined; address = addresses.pick(tried)) {
    const isLast = tried.has(address.url);
    tried.add(address.url);
    try {
      // The page's origin is compared with the address that the client asked for.
      const asked = { host: request.host, connection: "Upgrade", upgrade: "websocket" };
      const headers = { ...relay.headersOf(operation, passage), ...asked };
      const offer = await offered(address.url, request.url, headers, door.limits.answerTimeoutMs);
      const { answer, socket } = offer;
      if (passage.closed) socket?.destroy();
      else if (socket === undefined) await sendRelayed(door, passage, plainAnswer(answer));
      else join(door, passage, offer, socket);
      return;
    } catch (error) {
      if (isRefused(error)) addresses.told(address.url, "refused");
      if (passage.closed || reply.sent) return;
      if (isLast || !isRefused(error))
        return answerFailed(door, passage, new Unreachable(operation.service, false, error));
    }
  }
  answerFailed(door, passage, new Unreachable(operation.service, false));
}

interface Offered {
  readonly answer: IncomingMessage;
  readonly socket?: Socket;
  readonly head: Buffer;
}

function offered(
  origin: string,
  path: string,
  headers: Record<string, string | string[]>,
  timeoutMs: number,
): Promise<Offered> {
  const { promise, resolve, reject } = Promise.withResolvers<Offered>();
  const { protocol, hostname, port } = new URL(origin);
  const how = { hostname, port, path, headers, agent: false, timeout: timeoutMs } as const;
  const outgoing = protocol === "https:" ? openSecure({ ...how, servername: hostname }) : open(how);
  outgoing.once("upgrade", (answer, socket: Socket, head) => {
    socket.setTimeout(0);
    resolve({ answer, socket, head });
  });
  outgoing.once("response", (answer) => resolve({ answer, head: Buffer.alloc(0) }));
  outgoing.once("timeout", () => outgoing.destroy(new Error("no answer to the offer of an upgrade")));
  outgoing.once("error", reject);
  outgoing.end();
  return promise;
}

function plainAnswer(answer: IncomingMessage) {
  return { status: answer.statusCode ?? 502, headers: answer.headers, body: answer };
}

function join(door: Door, passage: Passage, { answer, head }: Offered, socket: Socket): void {
  const { request, reply } = passage;
  const client = request.raw.socket;
  reply.hijack();
  reply.code(101);
  client.setTimeout(0);
  const lines = [`HTTP/1.1 101 ${answer.statusMessage}`];
  for (let at = 0; at < answer.rawHeaders.length; at += 2) {
    lines.push(`${answer.rawHeaders[at]}: ${answer.rawHeaders[at + 1]}`);
  }
  client.write(`${lines.join("\r\n")}\r\n\r\n`);
  client.write(head);
  socket.write((request.raw as Upgrading).upgradeHead ?? Buffer.alloc(0));
  // Whichever end closes or breaks, so does the other; there is nobody to tell.
  pipeline(client, socket, client, () => client.destroy());
  door.passages.goLive(passage, () => void socket.end());
}
