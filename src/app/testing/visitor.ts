import { randomBytes } from "node:crypto";
import { DEMO_PASSWORD } from "../demo/people.ts";

export interface Asked {
  readonly token?: string;
  readonly body?: unknown;
  /** The address that the request seems to come from; another one each time unless told. */
  readonly from?: string;
}
export interface Told<Body> {
  readonly status: number;
  readonly body: Body;
  readonly tookMs: number;
}

let addresses = 0;

/** One request over HTTP. Whoever is asked must trust this machine as a proxy. */
export async function ask<Body = unknown>(
  url: string,
  method: string,
  path: string,
  { token, body, from = `10.${++addresses >> 16}.${(addresses >> 8) & 255}.${addresses & 255}` }: Asked = {},
): Promise<Told<Body>> {
  const began = performance.now();
  const answer = await fetch(url + path, {
    method,
    headers: {
      "x-forwarded-for": from,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(method === "GET" ? {} : { "idempotency-key": randomBytes(12).toString("hex") }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const told = (await answer.json().catch(() => undefined)) as Body;
  return { status: answer.status, body: told, tookMs: performance.now() - began };
}

export async function logIn(url: string, email: string, password: string = DEMO_PASSWORD): Promise<string> {
  const { body } = await ask<{ accessToken: string }>(url, "POST", "/sessions", { body: { email, password } });
  return body.accessToken;
}

export async function signUpBuyer(url: string, nickname: string): Promise<string> {
  const email = `${nickname}@madang.test`;
  const person = { email, nickname, name: nickname, password: DEMO_PASSWORD, roles: ["BUYER"] };
  const { status, body } = await ask(url, "POST", "/accounts", { body: person });
  if (status !== 201) throw new Error(`${email} could not sign up: ${JSON.stringify(body)}`);
  return logIn(url, email);
}
