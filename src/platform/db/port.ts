import { createServer } from "node:net";

const debianPort = 5432;

/** Binds a port of 127.0.0.1 briefly; 0 lets the system choose. Returns the port, or undefined when it is taken. */
async function tryPort(port: number): Promise<number | undefined> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  server.once("error", () => resolve(undefined));
  server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
    const address = server.address();
    const chosen = typeof address === "object" && address !== null ? address.port : undefined;
    server.close(() => resolve(chosen));
  });
  return promise;
}

/**
 * Returns the wanted port of 127.0.0.1 if it is free, else any free one; never 5432, where a visitor's own PostgreSQL
 * lives. Somebody may take the port before it is used, so the caller repeats when its bind fails.
 */
export async function freePort(wanted: number | undefined): Promise<number> {
  if (wanted !== undefined && wanted !== debianPort) {
    const chosen = await tryPort(wanted);
    if (chosen !== undefined) return chosen;
  }
  const chosen = await tryPort(0);
  if (chosen === undefined) throw new Error("no free port on 127.0.0.1");
  return chosen === debianPort ? freePort(undefined) : chosen;
}
