import websocket from "@fastify/websocket";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { assert } from "#platform/core/assert.ts";
import { isRefusal, type Refusal, reject } from "#platform/core/decision.ts";
import { answerError, answerRefusal, pathOf } from "#platform/http/answer.ts";
import { decideAtDoor, enter, leave } from "#platform/http/arrive.ts";
import type { BoundHandler, Door } from "#platform/http/door.ts";
import { compileInput, type FlatInput } from "#platform/http/input.ts";
import { isOurOrigin } from "#platform/http/origin.ts";
import { type Passage, passageOf } from "#platform/http/passage.ts";
import { callerOf } from "#platform/http/route.ts";
import { localeOf } from "#platform/i18n/locale.ts";
import { CLOSE } from "./close-codes.ts";
import { framesOf } from "./frames.ts";
import type { BoundSocket, TicketHolder } from "./handler.ts";
import { knockOf } from "./knock.ts";
import type { Sockets } from "./sockets.ts";

export interface SocketParts {
  readonly bound: readonly BoundSocket[];
  readonly handlers: readonly BoundHandler[];
}

/** Opens the addresses of sockets: an origin of ours, room for one more, a ticket; then the connection is open. */
export function addSockets(fastify: FastifyInstance, door: Door, sockets: Sockets, parts: SocketParts): void {
  fastify.register(async (inside) => {
    await inside.register(websocket, {
      options: { maxPayload: door.limits.bodyBytes, perMessageDeflate: false, clientTracking: false },
      // The hall has drained by then.
      preClose: (done) => done(),
      errorHandler: (error, socket) => {
        door.log.debug({ code: "socket.broken", error: error.message });
        // What broke a rule of the protocol is being told so by its close code; what is merely broken is dropped.
        if (socket.readyState === socket.OPEN) socket.terminate();
      },
    });
    for (const bound of parts.bound) addSocket(inside, door, sockets, { ...parts, one: bound });
  });
}

/** Only these requests are upgrades: to all other addresses the header means nothing, as if nobody had sent it. */
export function upgradesOf(bound: readonly BoundSocket[]) {
  const paths = new Set(bound.map(({ socket }) => socket.path));
  return (request: { readonly url?: string; readonly method?: string; readonly headers: { upgrade?: string } }) =>
    request.method === "GET" &&
    request.headers.upgrade?.toLowerCase() === "websocket" &&
    paths.has(pathOf(request.url ?? ""));
}

function addSocket(fastify: FastifyInstance, door: Door, sockets: Sockets, parts: SocketParts & { one: BoundSocket }) {
  const { one: bound, handlers } = parts;
  const { socket: contract } = bound;
  const frames = framesOf(contract, (asked) => {
    const handler = handlers.find((one) => one.operation === asked);
    assert(handler, `${asked.name} is not carried out here`);
    return handler.run;
  });
  const knock = knockOf(contract);
  const read = compileInput(knock);
  const holders = new WeakMap<FastifyRequest, TicketHolder>();

  /** Everything but the ticket, which is spent by looking at it. */
  function refusalBefore({ request, isFromEdge }: Passage): Refusal | undefined {
    if (!request.ws) return reject("socket.upgrade_needed");
    if (door.draining || sockets.isFull) return reject("server.busy");
    // An edge has seen the page's address and its own; browsers ask nobody before they open a socket.
    return isFromEdge || isOurOrigin(request.headers, door.origins) ? undefined : reject("socket.origin_refused");
  }

  async function admit(request: FastifyRequest, query: FlatInput): Promise<Refusal | undefined> {
    const locale = localeOf(request.headers["accept-language"]);
    const asked = read({ params: {}, query, body: undefined, locale });
    if ("refusal" in asked) return asked.refusal;
    const holder = await bound.redeem(String(asked.input.ticket));
    if (isRefusal(holder)) return holder;
    if (isOver(holder)) return reject("auth.token_revoked");
    holders.set(request, holder);
    return undefined;
  }

  const isOver = ({ sessionId }: TicketHolder) => sessionId !== undefined && door.verifiers.isRevoked(sessionId);

  fastify.route({
    method: "GET",
    url: contract.path,
    exposeHeadRoute: false,
    onRequest(request: FastifyRequest, reply: FastifyReply, goOn: () => void) {
      const passage = enter(door, knock, request, reply);
      decideAtDoor(door, knock, passage, () => {
        const refusal = refusalBefore(passage);
        if (refusal !== undefined) return answerRefusal(door, passage, refusal);
        admit(request, request.query as FlatInput).then(
          // A ticket that took too long has been answered already.
          (late) => (late !== undefined ? answerRefusal(door, passage, late) : reply.sent || goOn()),
          (error) => answerError(door, passage, error),
        );
      });
    },
    handler: (request, reply) => {
      const passage = passageOf(request);
      if (passage !== null && !reply.sent) answerRefusal(door, passage, reject("socket.upgrade_needed"));
    },
    wsHandler(socket, request) {
      const holder = holders.get(request);
      const passage = passageOf(request) as Passage;
      leave(door, passage, 101);
      if (holder === undefined || isOver(holder)) return socket.close(CLOSE.SESSION_OVER, "the session is over");
      const { locale, ip = request.ip } = callerOf(passage, undefined);
      sockets.open({ socket, bound, frames, holder, locale, ip });
    },
  });
}
