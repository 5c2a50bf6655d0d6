import type { Log } from "#platform/telemetry/log.ts";

/** Runs `turn` again and again with a pause between; a failure is logged and the next turn tries anew. */
export function startLoop(
  options: {
    readonly name: string;
    readonly everyMs: number;
    readonly wait: (ms: number) => Promise<void>;
    readonly log: Log;
  },
  turn: () => Promise<void>,
): () => Promise<void> {
  let isStopped = false;
  let wake: () => void = () => {};
  // A stop must not wait for the pause to end.
  const stopping = new Promise<void>((resolve) => {
    wake = resolve;
  });
  async function run(): Promise<void> {
    while (!isStopped) {
      await Promise.race([options.wait(options.everyMs), stopping]);
      if (isStopped) return;
      await turn().catch((error) => options.log.warn({ code: "loop.failed", loop: options.name, error }));
    }
  }
  const running = run();
  return () => {
    isStopped = true;
    wake();
    return running;
  };
}
