/**
 * Lets those who ask at the same moment share one question: collects keys until the end of this turn of the event loop,
 * loads them together and hands each caller its own. A failure is everybody's failure.
 */
export function gather<Value>(
  load: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
): (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>> {
  let wanted: Set<string> | undefined;
  let shared: Promise<ReadonlyMap<string, Value>> | undefined;
  return async (keys) => {
    if (!wanted || !shared) {
      const now = new Set<string>();
      wanted = now;
      shared = new Promise((resolve, reject) => {
        setImmediate(() => {
          wanted = undefined;
          shared = undefined;
          load([...now]).then(resolve, reject);
        });
      });
    }
    for (const key of keys) wanted.add(key);
    const all = await shared;
    const own = new Map<string, Value>();
    for (const key of keys) {
      const value = all.get(key);
      if (value !== undefined) own.set(key, value);
    }
    return own;
  };
}
