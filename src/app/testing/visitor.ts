import { randomBytes } from "node:crypto";
import { DEMO_PASSWORD } from "../demo/people.ts";

export interface Asked {
  readonly token?: string;
  readonly body?: unknown;
  /** The Idempotency-Key; another one each time unless told. */
  readonly key?: string;
  /** The address that the request seems to come from; another one each time unless told. */
  readonly from?: string;
  readonly signal?: AbortSignal;
}
export interface Told<Body> {
  readonly status: number;
  readonly body: Body;
  readonly tookMs: number;
}

let addresses = 0;
function newAddress(): string {
  addresses += 1;
  return `10.${addresses >> 16}.${(addresses >> 8) & 255}.${addresses & 255}`;
}

/** One request over HTTP. Who looks at addresses must trust this machine as a proxy. */
export function send(
  url: string,
  method: string,
  path: string,
  { token, body, key = randomBytes(12).toString("hex"), from = newAddress(), signal }: Asked = {},
): Promise<Response> {
  return fetch(url + path, {
    method,
    ...(signal ? { signal } : {}),
    headers: {
      "x-forwarded-for": from,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(method === "GET" ? {} : { "idempotency-key": key }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** The same, with its answer read and timed. */
export async function ask<Body = unknown>(...request: Parameters<typeof send>): Promise<Told<Body>> {
  const began = performance.now();
  const answer = await send(...request);
  const told = (await answer.json().catch(() => undefined)) as Body;
  return { status: answer.status, body: told, tookMs: performance.now() - began };
}

export async function logIn(url: string, email: string, password: string = DEMO_PASSWORD): Promise<string> {
  const { status, body } = await ask<{ accessToken: string }>(url, "POST", "/sessions", { body: { email, password } });
  if (status !== 201) throw new Error(`${email} could not log in: ${JSON.stringify(body)}`);
  return body.accessToken;
}

export async function signUpBuyer(url: string, nickname: string): Promise<string> {
  const email = `${nickname}@madang.test`;
  const person = { email, nickname, name: nickname, password: DEMO_PASSWORD, roles: ["BUYER"] };
  const { status, body } = await ask(url, "POST", "/accounts", { body: person });
  if (status !== 201) throw new Error(`${email} could not sign up: ${JSON.stringify(body)}`);
  return logIn(url, email);
}
