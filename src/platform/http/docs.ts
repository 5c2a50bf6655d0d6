import helmet from "@fastify/helmet";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";
import type { JsonSchema } from "./schema.ts";

/**
 * /openapi.json and, of the events, /asyncapi.json for programs, and /docs for people: read, sign in, try. Everything
 * it needs comes from this server.
 */
export async function addDocs(fastify: FastifyInstance, document: JsonSchema, events?: JsonSchema): Promise<void> {
  addDocument(fastify, "/openapi.json", document);
  if (events !== undefined) addDocument(fastify, "/asyncapi.json", events);
  await fastify.register(async (pages) => {
    await pages.register(helmet, { contentSecurityPolicy: { directives: PAGE_RULES }, strictTransportSecurity: false });
    await pages.register(swagger, { mode: "static", specification: { document: document as never } });
    await pages.register(swaggerUi, {
      routePrefix: "/docs",
      uiConfig: {
        docExpansion: "none",
        persistAuthorization: true,
        tryItOutEnabled: true,
        displayRequestDuration: true,
        deepLinking: true,
        filter: true,
        layout: "BaseLayout",
      },
    });
  });
}

function addDocument(fastify: FastifyInstance, path: string, document: JsonSchema): void {
  const text = JSON.stringify(document);
  fastify.get(path, async (_request, reply) => reply.header("content-type", "application/json").send(text));
}

// Swagger UI sets styles in the page and draws its icons from data addresses; scripts come from this server alone.
// HTTPS is not forced, as the one-command run has none; whoever puts TLS in front adds Strict-Transport-Security there.
const PAGE_RULES = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", "data:"],
  connectSrc: ["'self'"],
  frameAncestors: ["'none'"],
  upgradeInsecureRequests: null,
};
