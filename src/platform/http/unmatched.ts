import type { FastifyReply, FastifyRequest } from "fastify";
import { answerRefusal, pathOf } from "./answer.ts";
import { enter } from "./arrive.ts";
import type { BoundHandler, Door } from "./door.ts";

/** Answers what no route took: 405 with Allow when the address exists, OPTIONS with the same list, else 404. */
export function unmatched(door: Door, operations: readonly Pick<BoundHandler, "operation">[]) {
  // Addresses of the house are not told to anybody, so they are not in this list.
  const shown = operations.filter(({ operation }) => operation.access !== "service");
  const routes = shown.map(({ operation }) => ({ method: operation.method, pattern: patternOf(operation.path) }));
  return (request: FastifyRequest, reply: FastifyReply) => {
    const passage = enter(door, undefined, request, reply);
    const path = pathOf(request.url);
    const methods = new Set<string>(routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method));
    if (methods.size === 0) return answerRefusal(door, passage, { refused: "route.not_found" });
    if (methods.has("GET")) methods.add("HEAD");
    methods.add("OPTIONS");
    const allow = [...methods].sort().join(", ");
    reply.header("allow", allow);
    if (request.method === "OPTIONS") reply.code(204).send();
    else answerRefusal(door, passage, { refused: "request.method_not_allowed", details: { allow } });
  };
}

function patternOf(path: string): RegExp {
  const escaped = path.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replace(/:[A-Za-z0-9_]+/g, "[^/]+")}$`);
}
