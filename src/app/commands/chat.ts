import { createInterface, type Interface } from "node:readline";
import type { openStoreRoom } from "#contracts/chat/operations.ts";
import { makeIds } from "#platform/core/ids.ts";
import type { OutputOf } from "#platform/core/operation.ts";
import { type Instant, instant, plus } from "#platform/core/time.ts";
import { DEMO_PASSWORD, DEMO_PEOPLE } from "../demo/people.ts";
import { chance } from "../random.ts";
import { readForRun } from "../run-config.ts";
import { StartRefused } from "../start-refused.ts";
import { type Said, type Screen, startTalk, type Talk } from "./chat/talk.ts";
import { personAt } from "./order/person.ts";
import type { Store } from "./order/shapes.ts";

const STORE = "마당분식";
const WHO = { buyer: "BUYER", seller: "SELLER" } as const;
const TYPING_EVERY_MS = 3_000;

/** `npm run chat` is the demo's buyer, `npm run chat -- seller` the store: two terminals that talk to each other. */
export async function chatCommand(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const [first = "buyer", ...rest] = args[0]?.startsWith("--") === false ? args : ["buyer", ...args];
  if (first !== "buyer" && first !== "seller") {
    throw new StartRefused(`${first}: buyer 또는 seller로 이야기할 수 있습니다. / talk as buyer or as seller.`);
  }
  const { host, port } = readForRun(rest, env).platform;
  const url = `http://${host === "0.0.0.0" ? "127.0.0.1" : host}:${port}`;
  const me = WHO[first];
  const account = first === "buyer" ? DEMO_PEOPLE.buyer : DEMO_PEOPLE.food;
  const enter = () => personAt(url, account.email, DEMO_PASSWORD);
  const { roomId } = await roomOf(url);
  const person = await enter();
  const { messages } = await person.ask<{ messages: Said[] }>("GET", `/chat/rooms/${roomId}/messages?limit=20`);
  const terminal = createInterface({ input: process.stdin, output: process.stdout, terminal: process.stdin.isTTY });
  const screen = screenOf(me, terminal);
  screen.note(`${STORE} ↔ ${DEMO_PEOPLE.buyer.nickname} · 나 · me: ${nameOf(me)} · Ctrl-D로 마칩니다 · ends it`);
  for (const message of messages.toReversed()) screen.message(message);
  const talk = startTalk({ enter, url, roomId, me, from: messages[0]?.seq ?? 0, screen });
  await readLines(terminal, talk);
  await talk.answered();
  talk.close();
  return 0;
}

/** The demo's buyer opens the room, for a store begins no conversation. */
async function roomOf(url: string): Promise<OutputOf<typeof openStoreRoom>> {
  const buyer = await personAt(url, DEMO_PEOPLE.buyer.email, DEMO_PASSWORD);
  const { stores } = await buyer.ask<{ stores: Store[] }>("GET", `/stores?keyword=${encodeURIComponent(STORE)}`);
  const store = stores.find(({ name }) => name === STORE);
  if (!store)
    throw new StartRefused(`${STORE}이(가) 없습니다. 예시 자료가 있는 서버인가요? / no demo data on this server`);
  return buyer.ask("POST", "/chat/store-rooms", { storeId: store.storeId });
}

/** Every line is a message, until the input ends. */
async function readLines(terminal: Interface, talk: Talk): Promise<void> {
  const ids = makeIds(() => instant(Date.now()), chance);
  let shownAt = 0;
  process.stdin.on("keypress", () => {
    if (Date.now() - shownAt < TYPING_EVERY_MS) return;
    shownAt = Date.now();
    talk.showTyping();
  });
  for await (const line of terminal) {
    // What was typed comes back as a message, with its time.
    if (terminal.terminal) process.stdout.write("\u001b[1A\u001b[K");
    if (line.trim() !== "") talk.say(ids.make("message"), line.slice(0, 2000));
  }
}

function screenOf(me: Said["from"], terminal: Interface): Screen {
  let mine = 0;
  const show = (text: string) => {
    process.stdout.write(terminal.terminal ? `\r\u001b[K${text}\n` : `${text}\n`);
    if (terminal.terminal) terminal.prompt(true);
  };
  return {
    message({ from, seq, text = "", imageUrl = "", sentAt }) {
      if (from === me) mine = seq;
      const seoulTime = plus(sentAt as Instant, { hours: 9 }).slice(11, 19);
      show(`${seoulTime} ${from === me ? "나" : nameOf(from)}: ${`${text} ${imageUrl}`.trim()}`);
    },
    typing: () => show("… 쓰는 중 · typing"),
    read(seq) {
      if (seq >= mine && mine > 0) show("✓ 읽음 · read");
    },
    note: (text) => show(`── ${text}`),
  };
}

function nameOf(side: Said["from"]): string {
  return side === "BUYER" ? DEMO_PEOPLE.buyer.nickname : STORE;
}
