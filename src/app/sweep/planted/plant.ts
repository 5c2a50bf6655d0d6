import type { Records } from "#platform/facts/change.ts";
import type { AnyService, Kit } from "#platform/service.ts";

/** A defect put into the house for the time of a test: the sweep must find it, or it is not worth its name. */
export interface Planted {
  readonly name: string;
  /** The plays in which it does harm. */
  readonly scenarios: readonly string[];
  /** Part of the boundary's name and fault where it does. */
  readonly where: string;
  /** What the check must say. */
  readonly found: RegExp;
  readonly plant: (services: readonly AnyService[]) => readonly AnyService[];
}

/** The house with one service changed. */
export function replacing(name: string, change: (service: AnyService) => AnyService): Planted["plant"] {
  return (services) => services.map((service) => (service.name === name ? change(service) : service));
}

/** The service with a spoilt kit: what it calls, what it keeps, what it crosses. */
export function withKit(change: (kit: Kit, service: AnyService) => Kit): (service: AnyService) => AnyService {
  return (service) => ({ ...service, deps: (kit, settings) => service.deps(change(kit, service), settings) });
}

export function withRecords(change: (records: Records) => Records): (service: AnyService) => AnyService {
  return withKit((kit) => ({ ...kit, records: change(kit.records) }));
}
