import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { EventContract } from "#platform/core/event.ts";
import type { Operation } from "#platform/core/operation.ts";
import type { SocketContract } from "#platform/core/socket.ts";
import { platformProblems } from "#platform/http/platform-problems.ts";
import type { AnyService } from "#platform/service.ts";

/** The house as values: what the contracts say and what the services do. */
export interface House {
  readonly operations: readonly Operation[];
  readonly events: readonly EventContract[];
  readonly sockets: readonly SocketContract[];
  readonly services: readonly AnyService[];
  /** Codes that the door itself answers with; contracts may name them. */
  readonly platformCodes: readonly string[];
}

const source = join(import.meta.dirname, "../../src");

/** Loads every contract and every service by its place, so that one which composition forgot is seen too. */
export async function loadHouse(): Promise<House> {
  const contracts = await valuesIn("contracts", /(?<!\.test)\.ts$/);
  const services = await valuesIn("services", /^service\.ts$/);
  return {
    operations: contracts.filter(isOperation),
    events: contracts.filter(isEvent),
    sockets: contracts.filter(isSocket),
    services: services.filter(isService),
    platformCodes: Object.keys(platformProblems),
  };
}

async function valuesIn(kind: string, names: RegExp): Promise<unknown[]> {
  const folder = join(source, kind);
  const paths = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) =>
      readdirSync(join(folder, entry.name)).map((name) => ({ name, path: join(folder, entry.name, name) })),
    )
    .filter(({ name }) => names.test(name));
  const modules = await Promise.all(paths.map(({ path }) => import(pathToFileURL(path).href)));
  return [...new Set(modules.flatMap((module: object) => Object.values(module)))];
}

function has(value: unknown, ...names: string[]): boolean {
  return typeof value === "object" && value !== null && names.every((name) => name in value);
}

function isOperation(value: unknown): value is Operation {
  return has(value, "method", "path", "input", "output", "problems");
}

function isEvent(value: unknown): value is EventContract {
  return has(value, "type", "data", "example", "summary");
}

function isSocket(value: unknown): value is SocketContract {
  return has(value, "path", "hears", "says", "operations");
}

function isService(value: unknown): value is AnyService {
  return has(value, "name", "migrations", "operations", "announces");
}
