import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A process of the bench's own, whose lines of output can be waited for. */
export interface Child {
  readonly pid: number;
  /** The first line, from now on, that the pattern fits. @throws when it ends or `withinMs` pass before. */
  line(pattern: RegExp, withinMs?: number): Promise<RegExpExecArray>;
  tell(line: string): void;
  /** Asks it to end, and insists after ten seconds. */
  stop(): Promise<void>;
}

const STOP_WITHIN_MS = 10_000;

/** Starts a TypeScript file of ours with this same Node. Its errors go to our own. */
export function startChild(file: string, args: readonly string[], env: NodeJS.ProcessEnv, flags: string[] = []): Child {
  const child = spawn(process.execPath, [...flags, file, ...args], { env, stdio: ["pipe", "pipe", "inherit"] });
  const listeners = new Set<(line: string) => void>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    for (const listener of [...listeners]) listener(line);
  });
  child.stdin.on("error", () => undefined);
  return {
    pid: child.pid ?? 0,
    line: (pattern, withinMs = 60_000) =>
      new Promise((resolve, reject) => {
        const end = (done: () => void) => {
          clearTimeout(timer);
          listeners.delete(hear);
          child.off("exit", gone);
          done();
        };
        const hear = (line: string) => {
          const found = pattern.exec(line);
          if (found) end(() => resolve(found));
        };
        const gone = () => end(() => reject(new Error(`${file} ended before it said ${pattern}`)));
        const timer = setTimeout(() => end(() => reject(new Error(`${file} did not say ${pattern}`))), withinMs);
        listeners.add(hear);
        child.once("exit", gone);
        if (isOver(child)) gone();
      }),
    tell: (line) => {
      child.stdin.write(`${line}\n`);
    },
    async stop() {
      if (isOver(child)) return;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      const insist = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
      await ended;
      clearTimeout(insist);
    },
  };
}

function isOver(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
