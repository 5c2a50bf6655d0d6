import { Counter, Gauge, type Registry } from "prom-client";
import { CLOSE } from "./close-codes.ts";
import { type ConnectionParts, type Hall, type LiveConnection, openConnection } from "./connection.ts";

/** The open connections of one server. */
export interface Sockets {
  readonly count: number;
  readonly isFull: boolean;
  open(parts: Omit<ConnectionParts, "hall" | "onClosed">): void;
  /** Lets each connection's frame under way end, asks the clients to go elsewhere (1012), and waits until they have. */
  drain(graceMs: number): Promise<void>;
}

/** How often connections are looked at: deadlines of theirs, and the end of their sessions (A4), are this exact. */
const TICK_MS = 250;

export function makeSockets(hall: Hall, registry: Registry): Sockets {
  const { door, limits } = hall;
  const all = new Set<LiveConnection>();
  const byAccount = new Map<string, Set<LiveConnection>>();
  const registers = [registry];
  const closed = new Counter({
    name: "sockets_closed_total",
    help: "WebSocket connections that ended, by close code",
    labelNames: ["code"],
    registers,
  });
  new Gauge({
    name: "sockets_open",
    help: "WebSocket connections that are open",
    registers,
    collect() {
      this.set(all.size);
    },
  });
  let ticking: ReturnType<typeof setInterval> | undefined;

  function tick(): void {
    const nowMs = door.monotonicMs();
    for (const connection of all) connection.tick(nowMs);
    if (all.size > 0) return;
    clearInterval(ticking);
    ticking = undefined;
  }

  function forget(connection: LiveConnection): void {
    all.delete(connection);
    const { accountId } = connection.holder;
    const others = byAccount.get(accountId);
    others?.delete(connection);
    if (others?.size === 0) byAccount.delete(accountId);
  }

  return {
    get count() {
      return all.size;
    },
    get isFull() {
      return all.size >= limits.connections;
    },
    open(parts) {
      const { accountId } = parts.holder;
      const connection = openConnection({
        ...parts,
        hall,
        onClosed: (code) => {
          forget(connection);
          closed.inc({ code });
          door.log.info({ code: "socket.closed", socket: parts.bound.socket.name, accountId, close: code });
        },
      });
      const own = byAccount.get(accountId) ?? new Set();
      const [oldest] = own;
      if (own.size >= limits.perAccount) oldest?.close(CLOSE.REPLACED, "replaced by another connection");
      byAccount.set(accountId, own.add(connection));
      all.add(connection);
      ticking ??= setInterval(tick, TICK_MS).unref();
      door.log.info({ code: "socket.opened", socket: parts.bound.socket.name, accountId });
    },
    async drain(graceMs) {
      const endsAt = door.monotonicMs() + graceMs;
      const left = () => all.size > 0 && door.monotonicMs() < endsAt;
      const leaving = [...all].map(async (connection) => {
        await connection.finish();
        connection.close(CLOSE.RESTART, "this process stops: connect again");
      });
      await Promise.race([Promise.all(leaving), pause(graceMs)]);
      while (left()) await pause(10);
      for (const connection of all) connection.terminate();
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
