import { join } from "node:path";

/** The tables and functions that every service's schema has (sql/001-mechanisms.sql). */
export const mechanismMigrations = join(import.meta.dirname, "sql");
