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
  let endPause: () => void = () => {};
  // Each pause has a promise of its own: a race with one lasting promise would keep a reaction for every turn.
  const pause = () =>
    new Promise<void>((resolve) => {
      endPause = resolve;
      void options.wait(options.everyMs).then(resolve);
    });
  async function run(): Promise<void> {
    while (!isStopped) {
      await pause();
      if (isStopped) return;
      await turn().catch((error) => options.log.warn({ code: "loop.failed", loop: options.name, error }));
    }
  }
  const running = run();
  return () => {
    isStopped = true;
    endPause();
    return running;
  };
}
