import type { Server } from "#platform/http/server.ts";
import { mailPage } from "./mail/page.ts";
import type { Letter } from "./mail/sink.ts";

/** The few pages that are there for people before the storefront is: the way in, and the letters of the demo. */
export function addPages(server: Server, { letters }: { letters: (() => readonly Letter[]) | undefined }): void {
  server.fastify.get("/", async (_request, reply) => reply.redirect("/docs"));
  if (!letters) return;
  server.fastify.get<{ Querystring: { refresh?: string } }>("/mail", async ({ query }, reply) => {
    const isLive = query.refresh !== "off";
    return reply.type("text/html; charset=utf-8").send(mailPage(letters(), { isLive }));
  });
}
