import { closeSync, fdatasync, ftruncateSync, mkdirSync, openSync, readFileSync, write } from "node:fs";
import { join } from "node:path";

/**
 * A book on disk: one JSON line per change, so that the truth survives a killed gateway. Lines that arrive while a
 * write is under way share the next one.
 */
export type Book = {
  append(line: unknown): void;
  /** Resolves when every line appended so far is on the disk; undefined when there is nothing to wait for. */
  durable(): Promise<void> | undefined;
  clear(): void;
  close(): Promise<void>;
};

/**
 * Opens `folder/name.jsonl`, hands every whole line to `replay`, and cuts off a torn last line (a kill can leave one;
 * its effect was never answered).
 */
export function openBook(folder: string, name: string, replay: (line: unknown) => void): Book {
  mkdirSync(folder, { recursive: true });
  const descriptor = openSync(join(folder, `${name}.jsonl`), "a+");
  const content = readFileSync(descriptor);
  const wholeBytes = content.lastIndexOf(10) + 1;
  if (wholeBytes < content.length) ftruncateSync(descriptor, wholeBytes);
  for (const line of content.subarray(0, wholeBytes).toString().split("\n")) if (line !== "") replay(JSON.parse(line));

  let waiting: string[] = [];
  let writing: Promise<void> | undefined;
  const writeRound = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const bytes = Buffer.from(waiting.join(""));
      waiting = [];
      write(descriptor, bytes, 0, bytes.length, null, (failed, written) => {
        if (failed !== null) return reject(failed);
        if (written < bytes.length) return reject(new Error("the book of the fake gateway could not be written whole"));
        fdatasync(descriptor, (error) => (error === null ? resolve() : reject(error)));
      });
    });
  const drain = async (): Promise<void> => {
    // The lines of one turn of the event loop go to the disk together.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) await writeRound();
    writing = undefined;
  };

  return {
    append(line) {
      waiting.push(`${JSON.stringify(line)}\n`);
      writing ??= drain();
    },
    durable: () => writing,
    clear() {
      waiting = [];
      ftruncateSync(descriptor, 0);
    },
    async close() {
      await writing;
      closeSync(descriptor);
    },
  };
}
