import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { giveTo, launchInstalled, runToEnd } from "#platform/db/launch.ts";
import { freePort } from "#platform/db/port.ts";
import { settingArguments, throwawaySettings } from "#platform/db/settings.ts";
import { throwawayParent } from "#platform/db/template.ts";

export interface DebianPostgres {
  /** The administrator's address. */
  readonly url: string;
  stop(): void;
}

const USER = "madang";
const PASSWORD = "of-a-test-on-loopback";
/** The oldest that we run on (MECHANISMS.md §12). */
const VERSION = "15";

/**
 * Debian's PostgreSQL as somebody else's server would be: with its own defaults (`jit` is on there), and without the
 * durability that a test has no use for. @throws where it is not installed: such a test fails, it is not passed over.
 */
export async function startDebianPostgres(): Promise<DebianPostgres> {
  const [native] = globSync(`/usr/lib/postgresql/${VERSION}`);
  if (!native) throw new Error(`PostgreSQL ${VERSION} of Debian is not here: apt-get install postgresql-${VERSION}`);
  const launch = launchInstalled(native);
  const folder = mkdtempSync(join(throwawayParent(), "madang-debian-"));
  const [data, password] = [join(folder, "data"), join(folder, "password")];
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(password, PASSWORD);
  for (const path of [folder, data, password]) giveTo(launch, path);
  function run(program: string, args: readonly string[]): void {
    const { ok, output } = runToEnd(launch, program, [`--pgdata=${data}`, ...args], folder);
    if (!ok) throw new Error(`${program}: ${output.trim()}`);
  }
  const port = await freePort(undefined);
  const settings = {
    ...throwawaySettings,
    ...{ port: `${port}`, listen_addresses: "127.0.0.1", unix_socket_directories: folder },
  };
  function remove(): void {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  }
  try {
    const names = ["--encoding=UTF8", "--locale=C.UTF-8", `--username=${USER}`];
    run("initdb", [...names, "--auth=scram-sha-256", `--pwfile=${password}`, "--no-sync"]);
    const options = `--options=${settingArguments(settings).join(" ")}`;
    run("pg_ctl", ["start", "--wait", `--log=${join(folder, "log")}`, options]);
  } catch (error) {
    remove();
    throw error;
  }
  return {
    url: `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/postgres`,
    stop() {
      run("pg_ctl", ["stop", "--mode=immediate"]);
      remove();
    },
  };
}
