import { mendable } from "../mendable.ts";
import { type Command, commands } from "./list.ts";

const HELP: readonly string[] = ["--help", "-h"];

/** Runs the command that the first argument names; the rest are its flags. @returns the exit code. */
export async function runCommand(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  if (argv.some((word, at) => HELP.includes(word) || (at === 0 && word === "help"))) {
    console.log(help());
    return 0;
  }
  const [name = "serve", ...args] = argv[0]?.startsWith("--") ? ["serve", ...argv] : argv;
  const command: Command | undefined = commands[name];
  if (!command) {
    console.error(`${name}: 그런 명령은 없습니다. / there is no such command.\n\n${help()}`);
    return 2;
  }
  try {
    return await command.run(args, env);
  } catch (error) {
    // What a person can mend is told in words; anything else is ours, with its trace.
    console.error(mendable(error) ?? error);
    return 1;
  }
}

function help(): string {
  const lines = Object.entries(commands).map(([name, { ko, en }]) => `  ${name.padEnd(10)} ${ko} / ${en}`);
  return (
    `npm run madang -- <command> [--key=value …]\n${lines.join("\n")}\n\n` +
    "설정 키는 config가 보여 줍니다 / config shows the keys: PORT=3001, --port=3001"
  );
}
