import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request, read to its end. `query` is the text after the question mark. */
export type Call = { method: string; path: string; query: string; headers: IncomingHttpHeaders; body: string };

/** A plain HTTP answer. `cutAfterBytes` closes the connection in the middle of the body. */
export type Reply = { status: number; headers?: Record<string, string>; body: string; cutAfterBytes?: number };

/** What a fake does with a request: answer it, close the connection, or hold it for a time and then close it. */
export type Answer = Reply | { drop: true } | { hangMs: number };

export type Served = { url: string; close(): Promise<void> };

const bodyBytesMax = 1024 * 1024;

/** A JSON reply with the given status. */
export function json(status: number, value: unknown, headers?: Record<string, string>): Reply {
  return { status, body: JSON.stringify(value), ...(headers === undefined ? {} : { headers }) };
}

/** An HTML reply. The policy forbids scripts: a payment page of a fake needs none. */
export function html(status: number, body: string): Reply {
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "cache-control": "no-store",
  };
  return { status, body, headers };
}

/** Sends the browser on with a GET. */
export function redirect(location: string): Reply {
  return { status: 303, body: "", headers: { location, "content-type": "text/plain", "cache-control": "no-store" } };
}

/** Adds parameters to an absolute URL that may already have some. */
export function withParameters(url: string, parameters: Record<string, string>): string {
  const target = new URL(url);
  for (const [name, value] of Object.entries(parameters)) target.searchParams.set(name, value);
  return target.href;
}

/** One segment of a path without its escapes; a broken escape stays as it is and will match nothing. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) return segment;
    throw error;
  }
}

/** The body as a JSON object, or undefined when it is not one. */
export function parseObject(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Listens on 127.0.0.1 (or `host`) with node:http directly: the fake shares its cores with the system that is measured.
 * Port 0 takes a free one. `close` also ends answers that hang.
 */
export async function serve(options: {
  port?: number;
  host?: string;
  handle: (call: Call) => Answer | Promise<Answer>;
}): Promise<Served> {
  const host = options.host ?? "127.0.0.1";
  const server = createServer({ keepAliveTimeout: 300_000, noDelay: true }, (request, response) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bodyBytesMax) request.destroy();
      else chunks.push(chunk);
    });
    request.on("end", () => {
      const body = chunks.length === 1 ? chunks[0]!.toString() : Buffer.concat(chunks).toString();
      const target = request.url ?? "/";
      const mark = target.indexOf("?");
      const path = mark < 0 ? target : target.slice(0, mark);
      const query = mark < 0 ? "" : target.slice(mark + 1);
      answerCall({ method: request.method ?? "GET", path, query, headers: request.headers, body }, response);
    });
  });

  const answerCall = (call: Call, response: ServerResponse): void => {
    try {
      const answer = options.handle(call);
      if (!(answer instanceof Promise)) {
        write(answer, response);
        return;
      }
      answer.then(
        (later) => write(later, response),
        (error: unknown) => writeBroken(error, response),
      );
    } catch (error) {
      writeBroken(error, response);
    }
  };

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, host, () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function write(answer: Answer, response: ServerResponse): void {
  if ("drop" in answer) {
    response.destroy();
    return;
  }
  if ("hangMs" in answer) {
    setTimeout(() => response.destroy(), answer.hangMs).unref();
    return;
  }
  const length = Buffer.byteLength(answer.body);
  const headers = { "content-type": "application/json;charset=UTF-8", ...answer.headers, "content-length": length };
  response.writeHead(answer.status, headers);
  // A text goes out in one write together with the head; bytes would take two.
  if (answer.cutAfterBytes === undefined) response.end(answer.body);
  else response.write(Buffer.from(answer.body).subarray(0, answer.cutAfterBytes), () => response.destroy());
}

/** A defect of the fake itself must be told apart from a fault that somebody ordered. */
function writeBroken(error: unknown, response: ServerResponse): void {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`fake gateway defect: ${message}\n`);
  write(json(500, { code: "FAKE_DEFECT", message }), response);
}
