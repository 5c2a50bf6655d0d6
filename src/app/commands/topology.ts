import type { AnyService } from "#platform/service.ts";
import { allServices } from "../services.ts";

/** Prints who calls and hears whom, from the same values that wire them. */
export async function showTopology(): Promise<number> {
  console.log(topology(allServices));
  return 0;
}

export function topology(services: readonly AnyService[]): string {
  return services.map((service) => describe(service, services)).join("\n\n");
}

function describe(service: AnyService, services: readonly AnyService[]): string {
  const calls = service.calls.map((operation) => `  calls   ${operation.service}.${operation.name}`);
  const hears = heardBy(service).map(({ type, by }) => `  hears   ${type.padEnd(32)} ${by}`);
  const says = service.announces.map(({ type }) => {
    const hearers = services.filter((other) => heardBy(other).some((heard) => heard.type === type));
    return `  says    ${type.padEnd(32)} → ${hearers.map((other) => other.name).join(", ") || "nobody yet"}`;
  });
  const offers = service.operations.map(({ operation }) => {
    const access = typeof operation.access === "string" ? operation.access : operation.access.join("|");
    return `  offers  ${operation.name.padEnd(24)} ${operation.method.padEnd(6)} ${operation.path}  (${access})`;
  });
  return [service.name, ...offers, ...calls, ...hears, ...says].join("\n");
}

function heardBy(service: AnyService): { type: string; by: string }[] {
  return [
    ...(service.reactions ?? []).map(({ on }) => ({ type: on.type, by: "reaction" })),
    ...(service.views ?? []).flatMap(({ name, projections }) =>
      projections.map(({ on }) => ({ type: on.type, by: `view ${name}` })),
    ),
    ...(service.tails ?? []).map(({ on }) => ({ type: on.type, by: "tail" })),
    ...service.operations.flatMap(({ operation, watch }) =>
      (watch?.hears ?? []).map(({ on }) => ({ type: on.type, by: operation.name })),
    ),
  ];
}
