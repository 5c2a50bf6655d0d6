import { parseArgs } from "node:util";
import { startFakeKakaoPay } from "./kakaopay/server.ts";
import { startFakeToss } from "./toss/server.ts";

const help = `node fakes/run.ts [options]
  --toss-port 0              port of the fake Toss (0: a free one)
  --kakaopay-port 0          port of the fake KakaoPay (0: a free one)
  --host 127.0.0.1           address to listen on
  --webhook-url URL          where Toss sends its webhooks (none: it sends none)
  --webhook-minute-ms 60000  length of a minute of the webhook's retry schedule
  --toss-secret-key KEY      key of the merchant at Toss
  --kakaopay-secret-key KEY  key of the merchant at KakaoPay
  --book FOLDER              keep a durable book there (off: memory only)
  --seed NUMBER              make the keys repeatable
  --with-parent              stop when the standard input closes
`;

const text = { type: "string" } as const;
const { values } = parseArgs({
  options: {
    "toss-port": { ...text, default: "0" },
    "kakaopay-port": { ...text, default: "0" },
    host: { ...text, default: "127.0.0.1" },
    "webhook-url": text,
    "webhook-minute-ms": { ...text, default: "60000" },
    "toss-secret-key": text,
    "kakaopay-secret-key": text,
    book: text,
    seed: text,
    "with-parent": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}

const common = {
  host: values.host,
  ...(values.book === undefined ? {} : { book: values.book }),
  ...(values.seed === undefined ? {} : { seed: Number(values.seed) }),
};
const toss = await startFakeToss({
  ...common,
  port: Number(values["toss-port"]),
  webhookMinuteMs: Number(values["webhook-minute-ms"]),
  ...(values["webhook-url"] === undefined ? {} : { webhookUrl: values["webhook-url"] }),
  ...(values["toss-secret-key"] === undefined ? {} : { secretKeys: [values["toss-secret-key"]] }),
});
const kakaoPay = await startFakeKakaoPay({
  ...common,
  port: Number(values["kakaopay-port"]),
  ...(values["kakaopay-secret-key"] === undefined ? {} : { secretKey: values["kakaopay-secret-key"] }),
});

const stop = async (): Promise<void> => {
  await Promise.all([toss.close(), kakaoPay.close()]);
  process.exit(0);
};
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
if (values["with-parent"]) {
  // A parent that is killed cannot say goodbye, but its end of the pipe closes.
  process.stdin.resume();
  process.stdin.once("end", stop);
  process.stdin.once("error", stop);
}

process.stdout.write(`${JSON.stringify({ toss: toss.url, kakaopay: kakaoPay.url })}\n`);
