import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { startEmbedded, urlOfRunning } from "#platform/db/embedded.ts";
import { DataFolderInUse } from "#platform/db/folder-lock.ts";
import type { Config } from "./config.ts";
import { secretText } from "./random.ts";
import { StartRefused } from "./start-refused.ts";

/** Where each service's schema lives, as its administrator reaches it. */
export interface Database {
  urlOf(service: string): string;
  /** True: our own server in the data folder, which ends with us. */
  readonly isEmbedded: boolean;
  stop(): Promise<void>;
}

type Tell = (code: string, details: Record<string, string | number | boolean>) => void;

/** The PostgreSQL that the configuration names, or our own in the data folder. */
export async function openDatabase(
  config: Config,
  tell: Tell,
  onGone: (error: unknown) => void = () => {},
): Promise<Database> {
  const outside = config.services.every((service) => config.databaseUrlOf(service.name) !== "");
  if (outside) return { urlOf: config.databaseUrlOf, isEmbedded: false, stop: async () => {} };
  const folder = join(resolve(config.platform.dataDir), "postgres");
  const server = await startEmbedded({ folder, secret: secretText, log: tell, onGone });
  return {
    urlOf: (service) => config.databaseUrlOf(service) || server.url,
    isEmbedded: true,
    stop: () => server.stop(),
  };
}

/**
 * The database of a house that may be running: its server is used while it runs, and started for us alone while it does
 * not. A service with a server of its own is reached there.
 */
export async function attachDatabase(config: Config): Promise<Pick<Database, "urlOf" | "stop">> {
  const outside = config.services.every((service) => config.databaseUrlOf(service.name) !== "");
  if (outside) return { urlOf: config.databaseUrlOf, stop: async () => {} };
  const embedded = await attachEmbedded(config);
  return { urlOf: (service) => config.databaseUrlOf(service) || embedded.url, stop: embedded.stop };
}

async function attachEmbedded(config: Config): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const folder = join(resolve(config.platform.dataDir), "postgres");
  if (!existsSync(folder)) throw new StartRefused(`${folder}: 자료가 없습니다. / there is no data. npm start`);
  try {
    const server = await startEmbedded({ folder, secret: () => "", log: () => {} });
    return { url: server.url, stop: () => server.stop() };
  } catch (error) {
    if (error instanceof DataFolderInUse) return { url: urlOfRunning(folder), stop: async () => {} };
    throw error;
  }
}
