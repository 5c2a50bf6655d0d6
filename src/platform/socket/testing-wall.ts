import { once } from "node:events";
import { Type } from "typebox";
import { WebSocket } from "ws";
import { reject } from "#platform/core/decision.ts";
import { said, socket } from "#platform/core/socket.ts";
import type { ServerParts } from "#platform/http/server.ts";
import { anOperation, bound, testServer } from "#platform/http/test-server.ts";
import type { BoundSocket, Connection, TicketHolder } from "./handler.ts";
import type { SocketLimits } from "./limits.ts";

export const speak = anOperation({
  ...{ name: "speak", method: "POST", path: "/walls/:wall/words", access: ["BUYER"] },
  input: Type.Object({ wall: Type.String({ maxLength: 10 }), words: Type.String({ maxLength: 100 }) }),
  output: Type.Object({ heard: Type.String() }),
  ...{ problems: ["store.closed"], idempotency: "own-rules", requestsPerMinute: 30 },
});
export const contract = socket({
  ...{ service: "store", name: "wall", path: "/wall", summary: { ko: "벽", en: "Wall" } },
  operations: [speak],
  hears: {
    pour: {
      summary: { ko: "붓기", en: "Pour" },
      input: Type.Object({ pieces: Type.Integer({ minimum: 1, maximum: 10_000 }) }),
      output: Type.Object({}),
      requestsPerMinute: 100,
    },
  },
  says: {
    piece: said({
      summary: { ko: "조각", en: "A piece" },
      fields: Type.Object({ n: Type.Integer(), text: Type.String() }),
      example: { n: 1, text: "x" },
    }),
  },
});

/** A wall that repeats what it hears; tickets are `<account>-<n>` filled up to their length, each good for once. */
export function wall() {
  const spent = new Set<string>();
  const open = new Set<Connection<typeof contract>>();
  const one: BoundSocket = {
    socket: contract,
    async redeem(ticket) {
      if (spent.has(ticket) || ticket.startsWith("no")) return reject("socket.ticket_invalid");
      spent.add(ticket);
      const [account = ""] = ticket.split("-");
      const holder: TicketHolder = { accountId: `acc_${account}`, sessionId: `ses_${account}`, roles: ["BUYER"] };
      return account === "seller" ? { ...holder, roles: ["SELLER"] } : holder;
    },
    open(connection) {
      const wide = connection as unknown as Connection<typeof contract>;
      open.add(wide);
      const pour = async ({ pieces }: { pieces: number }) => {
        for (let n = 0; n < pieces && connection.isOpen; n++) {
          wide.say("piece", { n, text: "x".repeat(8000) });
          await connection.ready();
        }
        return {};
      };
      return { hear: { pour: pour as never }, closed: () => void open.delete(wide) };
    },
  };
  return { one, open };
}

let tickets = 0;
export const ticketOf = (account: string) => `${account}-${++tickets}-`.padEnd(43, "x");
type Frame = Record<string, unknown> & { type: string };

/** A client that keeps what it hears. */
export function client(url: string, path: string, headers: Record<string, string> = {}) {
  const ws = new WebSocket(`${url.replace("http", "ws")}${path}`, { headers });
  const frames: Frame[] = [];
  const closed = new Promise<number>((resolve) => ws.on("close", resolve));
  let wake = () => {};
  ws.on("message", (data) => {
    frames.push(JSON.parse(String(data)));
    wake();
  });
  ws.on("error", () => {});
  return {
    ...{ ws, frames, closed },
    opened: once(ws, "open"),
    say: (frame: object) => ws.send(JSON.stringify(frame)),
    async heard(count: number): Promise<Frame[]> {
      while (frames.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return frames.slice(0, count);
    },
  };
}

export async function opened(changes: Partial<ServerParts> = {}, limits: Partial<SocketLimits> = {}) {
  const { one, open } = wall();
  const speaking = bound(speak, ({ words }: { words: string }) =>
    words === "no" ? reject("store.closed", { store: "담벼락", minutes: 5 }) : { heard: words },
  );
  const server = testServer([speaking], { sockets: [one], socketLimits: limits, ...changes });
  const url = await server.listen({ host: "127.0.0.1", port: 0 });
  return {
    ...{ server, url, open },
    async enter(account = "one", headers = {}) {
      const guest = client(url, `/wall?ticket=${ticketOf(account)}`, headers);
      await guest.opened;
      await guest.heard(1);
      guest.frames.length = 0;
      return guest;
    },
  };
}
export type House = Awaited<ReturnType<typeof opened>>;

export async function refusal(
  house: Pick<House, "url">,
  path: string,
  headers: Record<string, string> = {},
): Promise<unknown[]> {
  const { ws } = client(house.url, path, headers);
  const [, response] = await once(ws, "unexpected-response");
  let text = "";
  for await (const part of response) text += part;
  return [response.statusCode, JSON.parse(text).code];
}
