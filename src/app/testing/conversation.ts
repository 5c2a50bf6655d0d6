import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { makeIds } from "#platform/core/ids.ts";
import { numbersOf, type SocketClient } from "#platform/socket/testing-client.ts";
import { machineNow } from "../clock.ts";

const ids = makeIds(machineNow, { bytes: randomBytes });

/** The places in the room that a connection has heard, in its order. */
export const seqsOf = (client: SocketClient) => numbersOf(client.frames, "message", "seq");
export const upTo = (last: number) => Array.from({ length: last }, (_, n) => n + 1);

export interface Conversation {
  /** Nothing has been said in it yet. */
  readonly roomId: string;
  readonly words: number;
  /** Somebody who hears all of it at a process that stays. */
  readonly watching: SocketClient;
  /** Who talks, at the process that is killed. */
  readonly talking: SocketClient;
  readonly kill: () => void;
  /** The talker's next connection, at another process, from a place in the room on. */
  readonly connectAgain: (seq: number) => Promise<SocketClient>;
}

/** Somebody talks on while their process dies (J2): both sides hear every word once, in the order it was said. */
export async function talkOverADeath({ roomId, words, watching, kill, ...talk }: Conversation): Promise<void> {
  let client = talk.talking;
  const got: number[] = [];
  const texts = upTo(words).map((n) => ({ text: `${n}번째 말`, messageId: ids.make("message") }));
  for (const [n, said] of texts.entries()) {
    // A moment later: while something is on its way.
    if (n === Math.floor(words / 2)) setTimeout(kill, 4);
    for (;;) {
      const answer = await client.ask("sendMessage", { roomId, ...said }).catch(() => undefined);
      if (answer?.type === "answer") break;
      await client.ended;
      got.push(...seqsOf(client));
      client = await talk.connectAgain(got.at(-1) ?? 0);
    }
  }
  await client.until(() => got.length + seqsOf(client).length >= words);
  await watching.until(() => seqsOf(watching).length >= words);
  assert.deepEqual([...got, ...seqsOf(client)], upTo(words));
  assert.deepEqual(seqsOf(watching), upTo(words));
  const heard = watching.frames.filter(({ type }) => type === "message").map(({ text }) => text);
  assert.deepEqual(
    heard,
    texts.map(({ text }) => text),
  );
  for (const one of [client, watching]) one.close();
}
