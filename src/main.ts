import { runCommand } from "./app/commands/run.ts";

process.exitCode = await runCommand(process.argv.slice(2), process.env);
