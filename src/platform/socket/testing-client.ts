import assert from "node:assert/strict";
import { Compile } from "typebox/compile";
import type { SocketContract } from "#platform/core/socket.ts";
import { closed } from "#platform/http/schema.ts";

export type Frame = Readonly<Record<string, unknown>> & { readonly type: string };

/** A client of a socket as tests need it: it holds every frame against the contract, and keeps it. */
export interface SocketClient {
  readonly frames: readonly Frame[];
  /** Resolves with the code when the connection is over. */
  readonly ended: Promise<number>;
  readonly isOver: boolean;
  /** Asks, and waits for the answer with the same ref. @throws when the connection ends before. */
  ask(type: string, fields?: object): Promise<Frame>;
  /** Waits until what was heard is as wished. */
  until(isThere: (frames: readonly Frame[]) => boolean): Promise<readonly Frame[]>;
  close(): void;
}

const WITHIN_MS = 10_000;

/** @param url `http://127.0.0.1:…/chat/socket?ticket=…` */
export async function socketClient(url: string, contract: SocketContract): Promise<SocketClient> {
  const checks = new Map(
    Object.entries(contract.says).map(([type, { fields }]) => [type, Compile(closed(fields))] as const),
  );
  const socket = new WebSocket(url.replace(/^http/, "ws"));
  const frames: Frame[] = [];
  let isOver = false;
  let waiting: (() => void)[] = [];
  const wake = () => {
    const woken = waiting;
    waiting = [];
    for (const done of woken) done();
  };
  const ended = new Promise<number>((resolve) => {
    socket.onclose = ({ code }) => {
      isOver = true;
      wake();
      resolve(code);
    };
  });
  socket.onerror = () => {};
  socket.onmessage = ({ data }) => {
    const frame = JSON.parse(String(data)) as Frame;
    const { type, ...fields } = frame;
    const check = checks.get(type);
    assert.ok(check === undefined || check.Check(fields), `not as the contract says: ${data}`);
    assert.ok(check || ["welcome", "answer", "refused"].includes(type), `in no contract: ${data}`);
    frames.push(frame);
    wake();
  };

  async function until(isThere: (frames: readonly Frame[]) => boolean): Promise<readonly Frame[]> {
    const late = AbortSignal.timeout(WITHIN_MS);
    while (!isThere(frames)) {
      assert.ok(!isOver, "the connection is over");
      assert.ok(!late.aborted, `not heard in time: ${JSON.stringify(frames.slice(-5))}`);
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        late.addEventListener("abort", () => resolve(), { once: true });
      });
    }
    return frames;
  }

  let refs = 0;
  await until((heard) => heard.length > 0);
  return {
    ...{ frames, ended, until },
    get isOver() {
      return isOver;
    },
    async ask(type, fields = {}) {
      const ref = `${++refs}`;
      socket.send(JSON.stringify({ type, ref, ...fields }));
      const isAnswer = (frame: Frame) => frame.ref === ref;
      return (await until((heard) => heard.some(isAnswer))).find(isAnswer) as Frame;
    },
    close: () => socket.close(),
  };
}

/** The numbers under `name` of the frames of one type, in the order in which they came. */
export function numbersOf(frames: readonly Frame[], type: string, name: string, where: object = {}): number[] {
  return frames
    .filter((frame) => frame.type === type && Object.entries(where).every(([key, value]) => frame[key] === value))
    .map((frame) => Number(frame[name]));
}
