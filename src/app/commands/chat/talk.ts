import type { Static } from "typebox";
import type { Message } from "#contracts/chat/shapes.ts";
import type { Person } from "../order/person.ts";

export type Said = Static<typeof Message>;

/** What the terminal shows of a conversation. */
export interface Screen {
  message(message: Said): void;
  typing(): void;
  read(seq: number): void;
  note(text: string): void;
}

export interface Talk {
  /** Sends a line; once it is answered nothing can take it back, and until then it is sent again. */
  say(messageId: string, text: string): void;
  showTyping(): void;
  /** Resolves when everything said has been answered. */
  answered(): Promise<void>;
  close(): void;
}

export interface TalkParts {
  /** Signs in: a connection lives no longer than what it was opened with. */
  readonly enter: () => Promise<Person>;
  readonly url: string;
  readonly roomId: string;
  readonly me: Said["from"];
  /** Up to where the conversation is on the screen already. */
  readonly from: number;
  readonly screen: Screen;
}

type Heard =
  | ({ readonly type: "message" } & Said)
  | { readonly type: "typing" }
  | { readonly type: "read"; readonly by: Said["from"]; readonly seq: number }
  | { readonly type: "answer"; readonly to: string; readonly ref?: string }
  | { readonly type: "refused"; readonly ref?: string; readonly problem: { readonly detail: string } };

const RETRY_MS = 1_000;

/** One side of a conversation: connects, says what it has, hears the rest, and does so again whenever it breaks. */
export function startTalk({ enter, url, roomId, me, from, screen }: TalkParts): Talk {
  const unanswered = new Map<string, string>();
  let last = from;
  let socket: WebSocket | undefined;
  let isClosed = false;
  let whenAnswered = () => {};

  const send = (frame: object) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
  };
  const sendLine = (messageId: string, text: string) =>
    send({ type: "sendMessage", ref: messageId, roomId, messageId, text });

  function settle(ref: string | undefined): void {
    if (ref !== undefined) unanswered.delete(ref);
    if (unanswered.size === 0) whenAnswered();
  }

  function hear(heard: Heard): void {
    if (heard.type === "message") {
      last = heard.seq;
      screen.message(heard);
      if (heard.from !== me) markRead();
    } else if (heard.type === "typing") screen.typing();
    else if (heard.type === "read") {
      if (heard.by !== me) screen.read(heard.seq);
    } else if (heard.type === "answer") {
      if (heard.to === "resume") begin();
      settle(heard.ref);
    } else if (heard.type === "refused") {
      screen.note(heard.problem.detail);
      settle(heard.ref);
    }
  }

  /** All that was missing is on the screen: what was not answered before goes out again, and is not said twice. */
  function begin(): void {
    markRead();
    for (const [messageId, text] of unanswered) sendLine(messageId, text);
  }

  function markRead(): void {
    if (last > 0) send({ type: "markRead", roomId, seq: last });
  }

  async function connect(): Promise<void> {
    const person = await enter();
    const { path } = await person.ask<{ path: string }>("POST", "/chat/tickets", {});
    socket = new WebSocket(url.replace(/^http/, "ws") + path);
    socket.onopen = () => send({ type: "resume", rooms: [{ roomId, seq: last }] });
    socket.onmessage = ({ data }) => hear(JSON.parse(String(data)) as Heard);
    socket.onerror = () => {};
    socket.onclose = ({ code }) => retry(`끊겼습니다. 다시 연결합니다 · connecting again (${code})`);
  }

  function retry(why: string): void {
    if (isClosed) return;
    screen.note(why);
    setTimeout(() => connect().catch((error: Error) => retry(error.message.split("\n")[0] ?? "")), RETRY_MS);
  }

  connect().catch((error: Error) => retry(error.message));
  return {
    say(messageId, text) {
      unanswered.set(messageId, text);
      sendLine(messageId, text);
    },
    showTyping: () => send({ type: "showTyping", roomId }),
    answered: () =>
      unanswered.size === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            whenAnswered = resolve;
          }),
    close() {
      isClosed = true;
      socket?.close();
    },
  };
}
