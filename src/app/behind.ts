import type { App } from "./compose.ts";

/** True while somebody in this process has something to publish or to hear. Over a bus it asks how far that is. */
export async function isBehind(app: App): Promise<boolean> {
  const isPublishing = () => [...app.runtimes.values()].some((runtime) => (runtime.relay()?.lag() ?? 0) > 0);
  // What is published after the ends were asked for would not be seen as missing, so publishing is looked at first.
  if (isPublishing()) return true;
  await Promise.all(app.consumers().map((consumer) => consumer.measure().catch(() => undefined)));
  return app.consumers().some((consumer) => consumer.lag() > 0) || isPublishing();
}
