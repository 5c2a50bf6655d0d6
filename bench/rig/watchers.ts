import { connect, type Socket } from "node:net";

/** Many clients that watch, each on a connection of its own, as cheap as a client can be. */
export interface Watchers {
  /** What each heard since the last call, in ms from the instant that the event names to its arrival. */
  takeDelays(): number[];
  /** Waits until so many have come. @throws after 30 s. */
  heard(count: number): Promise<void>;
  /** Lines that are open now. */
  readonly open: number;
  close(): void;
}

export interface WatchJob {
  readonly url: string;
  readonly path: string;
  readonly token: string;
  readonly lines: number;
  /** The event whose delay is taken. */
  readonly event: string;
}

const AT_A_TIME = 100;

export async function openWatchers(job: WatchJob): Promise<Watchers> {
  const sockets: Socket[] = [];
  let delays: number[] = [];
  let open = 0;
  const hear = (text: string) => {
    if (!text.includes(`event: ${job.event}\n`)) return;
    const now = Date.now();
    for (const [, at = ""] of text.matchAll(/"at":"([^"]+)"/g)) delays.push(now - Date.parse(at));
  };
  const openSome = async () => {
    while (sockets.length < job.lines) {
      const socket = lineOf(job);
      sockets.push(socket);
      await new Promise<void>((resolve, reject) => {
        socket.once("error", reject);
        socket.once("close", () => reject(new Error(`closed at ${open} lines`)));
        socket.once("data", (chunk: Buffer) => {
          const text = chunk.toString();
          if (!text.startsWith("HTTP/1.1 200")) reject(new Error(text));
          open += 1;
          socket.on("data", (more: Buffer) => hear(more.toString()));
          socket.once("close", () => {
            open -= 1;
          });
          resolve();
        });
      });
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, openSome));
  return {
    get open() {
      return open;
    },
    takeDelays() {
      const taken = delays;
      delays = [];
      return taken;
    },
    async heard(count) {
      const endsAt = performance.now() + 30_000;
      while (delays.length < count) {
        if (performance.now() > endsAt) throw new Error(`${delays.length} of ${count} were heard`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    close() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function lineOf({ url, path, token }: WatchJob): Socket {
  const { hostname, port, host } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  socket.write(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${token}\r\n\r\n`);
  return socket;
}
