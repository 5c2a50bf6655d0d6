import type { Socket } from "node:net";
import { PROBLEM_TYPE } from "./answer.ts";
import type { Door } from "./door.ts";
import { problemBody } from "./problem.ts";

const CODES: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "request.headers_too_large",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "request.too_large",
  ERR_HTTP_REQUEST_TIMEOUT: "request.too_slow",
};
const REASONS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  408: "Request Timeout",
  413: "Content Too Large",
  431: "Request Header Fields Too Large",
};

/**
 * What arrived was no readable request, so there is no request to answer: a problem is written on the bare connection.
 */
export function answerClientError(door: Door, error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  const code = CODES[error.code ?? ""] ?? "request.malformed";
  const requestId = door.traceIds.requestId();
  const body = problemBody({ refused: code }, door.problems, { locale: "ko", instance: "", requestId });
  const status = body?.status ?? 400;
  door.log.info({ code: "http.malformed", status, problem: code, requestId, reason: error.code });
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const text = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${status} ${REASONS[status] ?? "Bad Request"}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(text)}`,
    `x-request-id: ${requestId}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${text}`);
}
