import { setTimeout as pause } from "node:timers/promises";
import { secretText } from "../../random.ts";
import { StartRefused } from "../../start-refused.ts";

const TRIES_MAX = 10;

/** Somebody with a session on the server. */
export interface Person {
  readonly email: string;
  readonly accessToken: string;
  /** Asks the API; a problem is thrown with its text. Each mutating request is a command of its own. */
  ask<Reply>(method: string, path: string, body?: unknown): Promise<Reply>;
}

/** Where the server is, and the trace that all of somebody's requests belong to. */
export interface Way {
  readonly url: string;
  readonly traceparent?: string;
}

/** Logs in. With an address alone each request is a trace of its own. */
export async function personAt(way: string | Way, email: string, password: string): Promise<Person> {
  const { url, traceparent }: Way = typeof way === "string" ? { url: way } : way;
  const headers: Record<string, string> = traceparent === undefined ? {} : { traceparent };
  const login = { email, password };
  const { accessToken } = await request<{ accessToken: string }>(url, "POST", "/sessions", headers, login);
  const asThem = { ...headers, authorization: `Bearer ${accessToken}` };
  return { email, accessToken, ask: (method, path, body) => request(url, method, path, asThem, body) };
}

async function request<Reply>(
  url: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: unknown,
): Promise<Reply> {
  const key = method === "GET" ? {} : { "idempotency-key": secretText() };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const type = body === undefined ? {} : { "content-type": "application/json" };
  for (let tries = 1; ; tries++) {
    const asked = { method, headers: { ...headers, ...key, ...type }, ...sent };
    const response = await fetch(`${url}${path}`, asked).catch(() => {
      throw new StartRefused(`${url}에 서버가 없습니다. 먼저 npm start 하세요. / no server there: npm start first`);
    });
    const reply = (await response.json()) as Reply & { readonly title?: string; readonly code?: string };
    if (response.ok) return reply;
    const isInFlight = reply.code === "request.in_flight" && tries < TRIES_MAX;
    if (!isInFlight) throw new StartRefused(`${method} ${path}: ${response.status} ${reply.code} ${reply.title}`);
    // The same key again is the same request: it is told the outcome when there is one.
    await pause(1000 * Number(response.headers.get("retry-after") ?? 1));
  }
}
