import { randomBytes } from "node:crypto";
import { issueChatTicket } from "#contracts/chat/operations.ts";
import { chatSocket } from "#contracts/chat/socket.ts";
import type { Caller } from "#platform/core/operation.ts";
import { epochMs } from "#platform/core/time.ts";
import { createServer, type Server } from "#platform/http/server.ts";
import { type SocketClient, socketClient } from "#platform/socket/testing-client.ts";
import { startApp, type TestApp, type TestAppOptions } from "#platform/testing/app.ts";
import { problems } from "./api/problems.ts";
import { chat } from "./service.ts";
import { done, orders } from "./testing.ts";

/** One process of the chat with its door: two of them on one database are two processes to each other. */
export interface ChatHouse {
  readonly app: TestApp;
  readonly server: Server;
  readonly url: string;
  /** A ticket of this process, and a connection to `at`, which is this one unless told. */
  connect(who: Caller, at?: ChatHouse): Promise<SocketClient>;
  /** The process is gone: no commit ends, no connection is left. */
  crash(): Promise<void>;
  close(): Promise<void>;
}

export async function openChatHouse(options: Partial<TestAppOptions> = {}): Promise<ChatHouse> {
  const app = await startApp({ services: [chat], answers: [orders], ...options });
  const server = createServer({
    operations: app.app.handlers,
    sockets: app.app.sockets,
    problems,
    verifyToken: () => null,
    isRevoked: () => false,
    random: { bytes: randomBytes },
    monotonicMs: () => performance.now(),
    nowMs: () => epochMs(app.clock.now()),
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    limits: { rateFactor: 0 },
  });
  const url = await server.listen({ host: "127.0.0.1", port: 0 });
  const self: ChatHouse = {
    ...{ app, server, url },
    async connect(who, at = self) {
      const holder = { ...who, sessionId: `ses_${String(who.id).slice(4)}` };
      const { path } = done<typeof issueChatTicket>(await app.call(issueChatTicket, {}, holder));
      return socketClient(at.url + path, chatSocket);
    },
    async crash() {
      app.crash();
      await server.close({ graceMs: 0 });
    },
    async close() {
      await server.close({ graceMs: 500 });
      await app.close();
    },
  };
  return self;
}
