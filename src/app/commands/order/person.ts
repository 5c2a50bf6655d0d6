import { secretText } from "../../random.ts";
import { StartRefused } from "../../start-refused.ts";

/** Somebody with a session on the server. */
export interface Person {
  readonly email: string;
  /** Asks the API; a problem is thrown with its text. Each mutating request is a command of its own. */
  ask<Reply>(method: string, path: string, body?: unknown): Promise<Reply>;
}

export async function personAt(url: string, email: string, password: string): Promise<Person> {
  const { accessToken } = await request<{ accessToken: string }>(url, "POST", "/sessions", {}, { email, password });
  return {
    email,
    ask: (method, path, body) => request(url, method, path, { authorization: `Bearer ${accessToken}` }, body),
  };
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
  const response = await fetch(`${url}${path}`, { method, headers: { ...headers, ...key, ...type }, ...sent }).catch(
    () => {
      throw new StartRefused(`${url}에 서버가 없습니다. 먼저 npm start 하세요. / no server there: npm start first`);
    },
  );
  const reply = (await response.json()) as Reply & { readonly title?: string; readonly code?: string };
  if (!response.ok) throw new StartRefused(`${method} ${path}: ${response.status} ${reply.code} ${reply.title}`);
  return reply;
}
