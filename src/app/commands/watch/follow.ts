import { setTimeout as pause } from "node:timers/promises";
import { type HeardEvent, readEvents } from "#platform/http/watch/read-events.ts";
import { StartRefused } from "../../start-refused.ts";

export interface Followed {
  /** `http://127.0.0.1:3000/orders/ord_…/events`. */
  readonly url: string;
  /** A token; a new one after the last was refused. */
  readonly token: (isRefused: boolean) => Promise<string>;
  /** Told of every event; false when that was enough. */
  readonly hear: (event: HeardEvent) => boolean;
  /** Told once of each break. */
  readonly onBreak: (why: string) => void;
}

const RETRY_MS = 2_000;

/** Follows a watch over every break, from where it was, until it has heard enough. */
export async function follow({ url, token, hear, onBreak }: Followed): Promise<void> {
  let lastId: string | undefined;
  let retryMs = RETRY_MS;
  let isRefused = false;
  let isBroken = false;

  function broken(why: string): void {
    if (!isBroken) onBreak(why);
    isBroken = true;
  }

  async function connect(): Promise<Response> {
    const authorization = `Bearer ${await token(isRefused)}`;
    return fetch(url, { headers: { authorization, ...(lastId === undefined ? {} : { "last-event-id": lastId }) } });
  }

  /** @returns whether that was enough. */
  async function listen(body: AsyncIterable<Uint8Array>): Promise<boolean> {
    for await (const event of readEvents(body, (told) => (retryMs = told))) {
      lastId = event.id ?? lastId;
      if (event.name === "end") broken((event.data as { code: string }).code);
      else if (!hear(event)) return true;
    }
    return false;
  }

  for (;;) {
    try {
      const response = await connect();
      isRefused = response.status === 401;
      if (response.status !== 200 || response.body === null) {
        const code = await codeOf(response);
        retryMs = 1_000 * Number(response.headers.get("retry-after") ?? 1);
        broken(code);
      } else {
        isBroken = false;
        if (await listen(response.body)) return;
      }
    } catch (error) {
      if (error instanceof NotThere) throw error;
      broken(error instanceof Error ? error.message : String(error));
    }
    await pause(retryMs);
  }
}

class NotThere extends StartRefused {}

/** The code of a refusal that may pass. @throws for one that does not. */
async function codeOf(response: Response): Promise<string> {
  const { code, detail } = (await response.json()) as { code: string; detail: string };
  if (response.status === 401 || response.status === 429 || response.status >= 500) return code;
  throw new NotThere(`${code}: ${detail}`);
}
