/** autocannon in a process of its own: `node http-load.ts URL SECONDS` prints {perSecond, p99, wrong}. */
type Result = {
  readonly requests: { readonly average: number };
  readonly latency: { readonly p99: number };
  readonly non2xx: number;
  readonly errors: number;
};
type Autocannon = (options: Record<string, unknown>) => PromiseLike<Result>;

// The package brings no types; naming it in a variable keeps the compiler from asking for them.
const packageName: string = "autocannon";
const { default: autocannon } = (await import(packageName)) as { default: Autocannon };
const [url, seconds] = process.argv.slice(2);
const { requests, latency, non2xx, errors } = await autocannon({ url, duration: Number(seconds), connections: 64 });
console.log(JSON.stringify({ perSecond: requests.average, p99: latency.p99, wrong: non2xx + errors }));
