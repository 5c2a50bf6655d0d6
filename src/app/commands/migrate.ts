import { migrateServices } from "../database.ts";
import { openDatabase } from "../open-database.ts";
import { readForRun } from "../run-config.ts";

/** Brings every schema up to date and stops: for deployments that migrate before they roll. */
export async function migrateCommand(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const config = readForRun(args, env);
  const database = await openDatabase(config, () => {});
  try {
    for (const service of config.services) {
      const applied = await migrateServices(database.urlOf(service.name), [service]);
      for (const name of applied) console.log(`+ ${name}`);
    }
  } finally {
    await database.stop();
  }
  return 0;
}
