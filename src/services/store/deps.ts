import type { Kit } from "#platform/service.ts";

/** What the code of this service may touch. */
export type StoreDeps = Pick<Kit, "clock" | "ids" | "records" | "sql">;
