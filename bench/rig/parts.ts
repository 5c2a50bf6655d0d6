import { randomBytes } from "node:crypto";
import { freePort } from "#app/testing/program.ts";
import type { House } from "./house.ts";

/** The services of one process. */
export interface Group {
  readonly services: readonly string[];
  /** Those of them that others call here; all unless told. */
  readonly calledFor?: readonly string[];
}

export interface Placed {
  readonly url: string;
  readonly pid: number;
}

/**
 * Ends the one process and starts the groups on its database, and an edge. The first group is the process that the
 * embedded database belongs to.
 */
export async function splitUp(house: House, groups: readonly Group[], common: Readonly<Record<string, string>>) {
  const ports = await Promise.all(groups.map(freePort));
  const addresses = groups.flatMap(({ services, calledFor = services }, n) =>
    calledFor.map((name) => [name, `http://127.0.0.1:${ports[n]}`] as const),
  );
  const secret = randomBytes(32).toString("base64");
  const settings = (services: readonly string[], port: number | undefined) => ({
    ...{ ...common, SERVICE_SECRET: secret, SERVICES: services.join(), PORT: `${port ?? 0}` },
    ...Object.fromEntries(
      addresses.flatMap(([name, url]) => (services.includes(name) ? [] : [[`SERVICE_URL_${name.toUpperCase()}`, url]])),
    ),
  });
  await house.restart(settings(groups[0]?.services ?? [], ports[0]));
  const parts: Placed[] = [{ url: house.url, pid: house.server.pid }];
  for (const [n, { services }] of groups.entries()) {
    if (n > 0) parts.push(placed(await house.part(settings(services, ports[n]))));
  }
  return { parts, edge: placed(await house.part(settings(["edge"], 0))), secret };
}

function placed({ url, server }: { readonly url: string; readonly server: { readonly pid: number } }): Placed {
  return { url, pid: server.pid };
}
