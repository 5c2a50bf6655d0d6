import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";

/** Stands between an app and its database, and cuts a connection at the worst moment. */
export interface CuttingProxy {
  readonly url: string;
  /**
   * The next time a statement of this name is sent: `unanswered` lets it be carried out and swallows the answer,
   * `sent` cuts as soon as the statement is on its way, `half` passes on only the first half of what was sent.
   */
  cut(statement: string, how: "unanswered" | "sent" | "half"): void;
  /** Cuts that have happened. */
  cuts(): number;
  close(): Promise<void>;
}

export async function startProxy(databaseUrl: string): Promise<CuttingProxy> {
  const target = new URL(databaseUrl);
  const folder = target.searchParams.get("host");
  const port = target.port || target.searchParams.get("port") || "5432";
  let armed: { statement: string; how: "unanswered" | "sent" | "half" } | undefined;
  let cuts = 0;
  const sockets = new Set<Socket>();

  const server = createServer((client) => {
    const upstream = folder === null ? connect(Number(port), target.hostname) : connect(`${folder}/.s.PGSQL.${port}`);
    let isDoomed = false;
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", end).on("close", () => {
        sockets.delete(socket);
        end();
      });
    }
    client.on("data", (chunk: Buffer) => {
      const how = armed && chunk.includes(armed.statement) ? armed.how : undefined;
      if (how === undefined) return void upstream.write(chunk);
      armed = undefined;
      cuts += 1;
      isDoomed = true;
      if (how === "half") return void upstream.write(chunk.subarray(0, chunk.length >> 1), end);
      upstream.write(chunk);
      // The server goes on by itself: it reads what was sent, and finds nobody when it answers.
      if (how === "sent") client.destroy();
    });
    upstream.on("data", (chunk) => {
      if (!isDoomed) return void client.write(chunk);
      // By now it has been carried out: its answer gets no further.
      end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const url = new URL(databaseUrl);
  url.searchParams.delete("host");
  url.searchParams.delete("port");
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    cut: (statement, how) => {
      armed = { statement, how };
    },
    cuts: () => cuts,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
