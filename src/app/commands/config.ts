import { printConfig } from "../config.ts";
import { readForRun } from "../run-config.ts";

/** Prints each key with its value, unit and source; secrets are hidden. */
export async function showConfig(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  console.log(printConfig(readForRun(args, env)));
  return 0;
}
