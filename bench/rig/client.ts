import { connect, type Socket } from "node:net";

/** One connection on which one request is under way at a time: as little of the machine as a load can cost. */
export interface Client {
  request(method: "GET" | "POST" | "PUT", path: string, options?: RequestOptions): Promise<Reply>;
  close(): void;
}

export interface RequestOptions {
  readonly token?: string;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Reply {
  readonly status: number;
  readonly headers: string;
  readonly text: string;
}

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

const HEAD_END = Buffer.from("\r\n\r\n");

/** Opens a connection to `http://host:port`. It is for our own servers: answers carry a Content-Length. */
export async function openClient(url: string): Promise<Client> {
  const { hostname, port, host } = new URL(url);
  let line = await openLine(hostname, Number(port));
  return {
    async request(method, path, options = {}) {
      // A server ends a connection on which nothing was asked for a while.
      if (line.isOver()) line = await openLine(hostname, Number(port));
      return line.ask(requestText(method, path, { host, ...options }));
    },
    close: () => line.close(),
  };
}

interface Line {
  isOver(): boolean;
  ask(text: string): Promise<Reply>;
  close(): void;
}

function openLine(host: string, port: number): Promise<Line> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve(lineOn(socket));
    });
  });
}

function lineOn(socket: Socket): Line {
  let received: Buffer = Buffer.alloc(0);
  let waiting: Waiting | undefined;
  const fail = (error: Error) => {
    waiting?.reject(error);
    waiting = undefined;
  };
  socket.on("error", fail);
  socket.on("close", () => fail(new Error("the connection was closed")));
  socket.on("data", (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const whole = replyIn(received);
    if (!whole) return;
    received = received.subarray(whole.length);
    const { resolve } = waiting as Waiting;
    waiting = undefined;
    resolve(whole.reply);
  });
  return {
    isOver: () => socket.destroyed,
    ask: (text) =>
      new Promise((resolve, reject) => {
        if (waiting) throw new Error("a request is under way on this connection");
        waiting = { resolve, reject };
        socket.write(text);
      }),
    close: () => socket.destroy(),
  };
}

function requestText(method: string, path: string, options: RequestOptions & { host: string }): string {
  const { token, key, headers = {}, body, host } = options;
  const text = body === undefined ? "" : JSON.stringify(body);
  const lines = [`${method} ${path} HTTP/1.1`, `host: ${host}`];
  if (token !== undefined) lines.push(`authorization: Bearer ${token}`);
  if (key !== undefined) lines.push(`idempotency-key: ${key}`);
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (body !== undefined) lines.push("content-type: application/json", `content-length: ${Buffer.byteLength(text)}`);
  return `${lines.join("\r\n")}\r\n\r\n${text}`;
}

function replyIn(bytes: Buffer): { reply: Reply; length: number } | undefined {
  const headLength = bytes.indexOf(HEAD_END);
  if (headLength < 0) return undefined;
  const headers = bytes.toString("latin1", 0, headLength);
  const size = /\r\ncontent-length: *(\d+)/i.exec(headers)?.[1];
  const status = Number(headers.slice(9, 12));
  if (size === undefined && status !== 304) throw new Error(`an answer without a length: ${headers}`);
  const length = headLength + 4 + Number(size ?? 0);
  if (bytes.length < length) return undefined;
  return { reply: { status, headers, text: bytes.toString("utf8", headLength + 4, length) }, length };
}
