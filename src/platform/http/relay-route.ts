import type { FastifyInstance, FastifyRequest, RouteOptions } from "fastify";
import { answerRefusal } from "./answer.ts";
import type { BoundHandler, Door } from "./door.ts";
import { isOurOrigin } from "./origin.ts";
import { type Passage, passageOf } from "./passage.ts";
import type { Relay } from "./relay.ts";
import { isUpgrade, relayUpgrade } from "./relay-upgrade.ts";
import { arriveAt } from "./route.ts";

/** An operation that is carried out elsewhere. */
export type Relayed = Pick<BoundHandler, "operation" | "page">;

/** Makes one operation a route of the edge: the same door, and behind it the service that owns the operation. */
export function addRelayRoute(fastify: FastifyInstance, door: Door, { operation, page }: Relayed, relay: Relay): void {
  fastify.route({
    method: operation.method,
    url: operation.path,
    onRequest: arriveAt(door, operation, page),
    handler: async (request: FastifyRequest, reply) => {
      const passage = passageOf(request) as Passage;
      if (isUpgrade(request.raw) && !isOurOrigin(request.headers, door.origins))
        answerRefusal(door, passage, { refused: "socket.origin_refused" });
      else if (isUpgrade(request.raw)) await relayUpgrade(door, operation, passage, relay);
      else await relay.forward(operation, passage);
      return reply;
    },
  } as RouteOptions);
}
