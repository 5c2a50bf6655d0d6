import type { Kit } from "#platform/service.ts";

/** What the code of this service may touch. */
export type CatalogDeps = Pick<Kit, "call" | "ids" | "records" | "sql">;
