/**
 * How many confirms a second the fake Toss answers on this machine: `node fakes/measure.ts [payments]`.
 * The payments are authorised before the clock starts; the load comes from autocannon in this same process over 64
 * connections, so the figure is a lower bound. `cpuMicros` is the CPU time of both sides for one confirm.
 */
import { basicAuthorization } from "./toss/authorization.ts";
import { fakeTossSecretKey, startFakeToss } from "./toss/server.ts";

type Request = Record<string, unknown>;
type Result = { "2xx": number; latency: { p99: number }; start: Date; finish: Date };
type Autocannon = (options: Record<string, unknown>) => PromiseLike<Result>;
// The package brings no types; naming it in a variable keeps the compiler from asking for them.
const packageName: string = "autocannon";
const { default: autocannon } = (await import(packageName)) as { default: Autocannon };

const payments = Number(process.argv[2] ?? 40_000);
const toss = await startFakeToss();
const bodies: string[] = [];
for (let index = 0; index < payments; index += 1) {
  bodies.push(JSON.stringify(toss.authorize({ orderId: `ord_measure_${index}`, amount: 10_000 })));
}
let next = 0;
const cpuBefore = process.cpuUsage();
const result = await autocannon({
  url: `${toss.url}/v1/payments/confirm`,
  method: "POST",
  connections: 64,
  amount: payments,
  requests: [
    {
      setupRequest(request: Request) {
        const index = next++;
        const authorization = basicAuthorization(fakeTossSecretKey);
        const headers = { authorization, "content-type": "application/json", "idempotency-key": `confirm:${index}` };
        return { ...request, headers, body: bodies[index % payments]! };
      },
    },
  ],
});
const { captured } = toss.truth.totals({ rows: false });
const cpu = process.cpuUsage(cpuBefore);
const cpuMicros = Math.round((cpu.user + cpu.system) / payments);
const perSecond = Math.round(result["2xx"] / ((result.finish.getTime() - result.start.getTime()) / 1000));
const figures = {
  name: "fake-toss-confirm",
  payments,
  ok: result["2xx"],
  perSecond,
  cpuMicros,
  p99Ms: result.latency.p99,
  captured,
};
process.stdout.write(`${JSON.stringify(figures)}\n`);
await toss.close();
