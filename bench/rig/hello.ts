/** The yardstick of HTTP: Fastify's hello in a process of its own, on this same Node. */
import Fastify from "fastify";

const fastify = Fastify({ logger: false });
fastify.get("/", async () => ({ hello: "world" }));
console.log(await fastify.listen({ host: "127.0.0.1", port: 0 }));
process.once("SIGTERM", () => void fastify.close());
