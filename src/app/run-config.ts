import { type Config, readConfig } from "./config.ts";
import { allServices } from "./services.ts";

/** Stands for what only the demo's own start can know; used to find out whether this is a demo at all. */
const UNKNOWN_YET = {
  IDENTITY_KEY_SECRET: "-".repeat(32),
  PAYMENT_TOSS_CLIENT_KEY: "-",
  PAYMENT_TOSS_SECRET_KEY: "-",
  PAYMENT_KAKAOPAY_SECRET_KEY: "-",
};

/** The configuration of a run as far as it is known before anything has started. */
export function readForRun(args: readonly string[], env: NodeJS.ProcessEnv): Config {
  const first = readConfig({ env: { ...UNKNOWN_YET, ...env }, args, services: allServices });
  return first.platform.demo ? first : readConfig({ env, args, services: allServices });
}

/** The demo's: what the person says goes before what the demo makes up. */
export function readForDemo(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  made: Readonly<Record<string, string>>,
): Config {
  return readConfig({ env: { ...made, ...env }, args, services: allServices });
}
