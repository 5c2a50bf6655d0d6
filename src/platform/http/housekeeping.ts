import type { FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import type { Door } from "./door.ts";

/** Named conditions of readiness; each answers true, or why not. */
export type Checks = Readonly<Record<string, () => true | string | Promise<true | string>>>;

const CHECK_TIMEOUT_MS = 2_000;

/**
 * Health, metrics and the list of problems: for those who run the house, and for those who read a problem's address.
 */
export function addHousekeeping(
  fastify: FastifyInstance,
  door: Door,
  {
    ready = {},
    notes = {},
    registry,
  }: { readonly ready?: Checks; readonly notes?: Checks; readonly registry?: Registry },
): void {
  fastify.get("/health/live", async () => ({ status: "live" }));
  fastify.get("/health/ready", async (_request, reply) => {
    if (door.draining) return reply.code(503).send({ status: "draining" });
    const [failing, without] = await Promise.all([failingOf(door, ready), failingOf(door, notes)]);
    const isReady = failing === undefined;
    return reply.code(isReady ? 200 : 503).send({ status: isReady ? "ready" : "not ready", failing, without });
  });
  if (registry !== undefined) {
    fastify.get("/metrics", async (_request, reply) => {
      return reply.header("content-type", registry.contentType).send(await registry.metrics());
    });
  }
  addProblemPages(fastify, door);
}

/** Those that do not answer true, with the reason; undefined when all do. */
async function failingOf(door: Door, checks: Checks): Promise<Record<string, string> | undefined> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await told(door, name, check)] as const),
  );
  const failing = results.filter((result): result is readonly [string, string] => result[1] !== true);
  return failing.length === 0 ? undefined : Object.fromEntries(failing);
}

async function told(door: Door, name: string, check: Checks[string]): Promise<true | string> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, CHECK_TIMEOUT_MS, "no answer");
  });
  try {
    return await Promise.race([check(), late]);
  } catch (error) {
    door.log.warn({ code: "health.check_failed", check: name, error });
    return "failed";
  } finally {
    clearTimeout(timer);
  }
}

function addProblemPages(fastify: FastifyInstance, door: Door): void {
  const all = Object.entries(door.problems).map(([code, problem]) => ({ type: `/problems/${code}`, code, ...problem }));
  const byCode = new Map(all.map((problem) => [problem.code, problem]));
  fastify.get("/problems", async () => ({ problems: all }));
  fastify.get<{ Params: { code: string } }>("/problems/:code", async (request, reply) => {
    const found = byCode.get(request.params.code);
    if (found === undefined) return reply.callNotFound();
    return found;
  });
}
