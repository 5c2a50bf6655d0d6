/** An answer as a test wants to look at it; `value` is the body when it is JSON. */
// biome-ignore lint/suspicious/noExplicitAny: a test names the fields it expects of a foreign answer.
export type Asked = { status: number; text: string; value: any; headers: Headers };

/** One HTTP request of a test; redirects are looked at and not followed. Rejects when there is no answer in time. */
export async function ask(
  url: string,
  request: { method?: string; body?: unknown; headers?: Record<string, string>; timeoutMs?: number } = {},
): Promise<Asked> {
  const { body } = request;
  const hasBody = body !== undefined;
  const response = await fetch(url, {
    method: request.method ?? (hasBody ? "POST" : "GET"),
    headers: { ...(hasBody ? { "content-type": "application/json" } : {}), ...request.headers },
    redirect: "manual",
    signal: AbortSignal.timeout(request.timeoutMs ?? 5_000),
    ...(hasBody ? { body: typeof body === "string" ? body : JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  return { status: response.status, text, value: parse(text), headers: response.headers };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
