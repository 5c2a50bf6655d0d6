import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { send } from "../testing/visitor.ts";
import { essence } from "./essence.ts";
import type { Entry, HistoryWriter } from "./history.ts";

export interface Request {
  readonly op: string;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly token?: string;
  /** The order that it is about, for the history. */
  readonly about?: string;
  /** Another one each time unless told. */
  readonly key?: string;
}

/** The answer that resolved the request. */
export interface Told<Body> {
  readonly status: number;
  readonly body: Body;
  /** Of a refusal. */
  readonly code?: string;
}

export type Ask = <Body>(request: Request) => Promise<Told<Body>>;

/** Longer than the house takes for its own "too late" (504), shorter than people who look at a frozen page. */
const ANSWER_WITHIN_MS = 8_000;
const PAUSE_MS = 100;
const PAUSE_MAX_MS = 1_000;
/** Far longer than anything stays away: whoever waits so long was forgotten, and the check says so. */
const GIVE_UP_MS = 120_000;

/** 409 and these say "not now", and surely not "maybe". */
const NOT_NOW = new Set([429, 503]);
const NOT_SENT = new Set(["ECONNREFUSED", "UND_ERR_CONNECT_TIMEOUT"]);

/**
 * Asks as a good client does: what is not known is asked again, with the same key, through whichever edge answers.
 * @throws when nothing was told for so long that somebody should know.
 */
export function askThrough(edges: readonly string[], history: HistoryWriter, client: string): Ask {
  let turn = 0;
  return async <Body>(request: Request): Promise<Told<Body>> => {
    const key = request.key ?? randomBytes(9).toString("base64url");
    const about = request.about === undefined ? {} : { orderId: request.about };
    const write = (type: Entry["type"], value: object) =>
      history.write({ client, op: request.op, key, type, value: { ...about, ...value } });
    write("invoke", essence(request.body ?? {}));
    const until = performance.now() + GIVE_UP_MS;
    for (let pauseMs = PAUSE_MS; performance.now() < until; pauseMs = Math.min(2 * pauseMs, PAUSE_MAX_MS)) {
      const heard = await hear(edges[turn++ % edges.length] ?? "", request, key);
      if ("unknown" in heard) write("unknown", { why: heard.unknown });
      else if ("status" in heard) {
        const told = { status: heard.status, ...essence(heard.body) };
        write(heard.status < 300 ? "ok" : "fail", told);
        return heard as Told<Body>;
      }
      await pause(pauseMs);
    }
    throw new Error(`${request.op} ${key} was never answered`);
  };
}

type Heard = Told<unknown> | { readonly unknown: string } | { readonly notNow: true };

async function hear(edge: string, { method, path, ...asked }: Request, key: string): Promise<Heard> {
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  try {
    const answer = await send(edge, method, path, { ...asked, key, signal });
    return heardOf(answer.status, (await answer.json()) as Told<unknown>["body"]);
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string } };
    const why = cause?.code ?? name;
    return NOT_SENT.has(why) ? { notNow: true } : { unknown: why };
  }
}

function heardOf(status: number, body: unknown): Heard {
  if (status < 300) return { status, body };
  const { code = "" } = (body ?? {}) as { code?: string };
  if (NOT_NOW.has(status) || code === "request.in_flight") return { notNow: true };
  // 504 says that it may have been done; what a 500 or 502 means nobody knows.
  return status >= 500 ? { unknown: `${status} ${code}` } : { status, body, code };
}
