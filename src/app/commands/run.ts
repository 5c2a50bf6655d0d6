import { MigrationRefused } from "#platform/db/migrate.ts";
import { ConfigError } from "../config.ts";
import { StartRefused } from "../start-refused.ts";
import { type Command, commands } from "./list.ts";

/** Failures that a person can mend: told in words, without a trace. */
const TOLD = [ConfigError, StartRefused, MigrationRefused] as const;

/** Runs the command that the first argument names; the rest are its flags. @returns the exit code. */
export async function runCommand(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const [name = "serve", ...args] = argv[0]?.startsWith("--") ? ["serve", ...argv] : argv;
  if (argv.includes("--help") || name === "help") {
    console.log(help());
    return 0;
  }
  const command: Command | undefined = commands[name];
  if (!command) {
    console.error(`${name}: 그런 명령은 없습니다. / there is no such command.\n\n${help()}`);
    return 2;
  }
  try {
    return await command.run(args, env);
  } catch (error) {
    if (TOLD.some((kind) => error instanceof kind)) console.error((error as Error).message);
    else console.error(error);
    return 1;
  }
}

function help(): string {
  const lines = Object.entries(commands).map(([name, { ko, en }]) => `  ${name.padEnd(10)} ${ko} / ${en}`);
  return `npm run madang -- <command>\n${lines.join("\n")}`;
}
