import { Type } from "typebox";
import { type Operation, operation } from "#platform/core/operation.ts";
import type { SocketContract } from "#platform/core/socket.ts";
import { TICKET_PATTERN } from "./tickets.ts";

/** Asking to be let in is an operation as far as a door is concerned: rates, one line of log, a deadline, an edge. */
export function knockOf({ service, name, path, summary }: SocketContract): Operation {
  return operation({
    ...{ service, name, path, summary },
    method: "GET",
    access: "anyone",
    input: Type.Object({ ticket: Type.String({ pattern: TICKET_PATTERN }) }),
    output: Type.Object({}),
    problems: [],
    idempotency: "own-rules",
  });
}
