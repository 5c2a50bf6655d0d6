import { resolve } from "node:path";
import type { Config } from "../config.ts";
import { banner } from "../demo/banner.ts";
import { type DemoGateways, startDemoGateways } from "../demo/gateways.ts";
import { demoSecrets } from "../demo/secrets.ts";
import { loadDemo } from "../demo/seed.ts";
import { type House, startHouse } from "../house.ts";
import { readForDemo, readForRun } from "../run-config.ts";

/** Runs until it is told to stop; Ctrl-C ends everything within five seconds. */
export async function serve(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const stopped = untilTold();
  const first = readForRun(args, env);
  const demo = first.platform.demo ? await startDemo(first, args, env) : undefined;
  try {
    const house = await startHouse(demo?.config ?? first, stopped.because);
    try {
      if (demo) await openDemo(house, demo.gateways);
      else console.log(`마당이 열렸습니다 / Madang is open: ${house.url}`);
      return (await stopped.promise) ? 1 : 0;
    } finally {
      await house.stop();
    }
  } finally {
    await demo?.gateways.stop();
  }
}

async function startDemo(first: Config, args: readonly string[], env: NodeJS.ProcessEnv) {
  const dataDir = resolve(first.platform.dataDir);
  const secrets = demoSecrets(dataDir);
  const gateways = await startDemoGateways(dataDir, {
    toss: secrets.tossSecretKey,
    kakaopay: secrets.kakaopaySecretKey,
  });
  const { host, port } = first.platform;
  const config = readForDemo(args, env, {
    IDENTITY_KEY_SECRET: secrets.identityKeySecret,
    PAYMENT_RETURN_URL: `http://${host === "0.0.0.0" ? "127.0.0.1" : host}:${port}`,
    PAYMENT_TOSS_BASE_URL: gateways.toss,
    PAYMENT_TOSS_PAGE_URL: `${gateways.toss}/pay`,
    PAYMENT_TOSS_CLIENT_KEY: "test_ck_madang_demo",
    PAYMENT_TOSS_SECRET_KEY: secrets.tossSecretKey,
    PAYMENT_KAKAOPAY_BASE_URL: gateways.kakaopay,
    PAYMENT_KAKAOPAY_SECRET_KEY: secrets.kakaopaySecretKey,
  });
  return { config, gateways };
}

async function openDemo(house: House, gateways: DemoGateways): Promise<void> {
  await gateways.sendWebhooksTo(`${house.url}/webhooks/toss`);
  const isNew = await loadDemo(house.app, house.letters);
  console.log(banner(house.url, gateways, isNew));
}

/** Resolves when a signal asks us to stop (false) or something we cannot live without is gone (true). */
function untilTold(): { promise: Promise<boolean>; because: (error: unknown) => void } {
  let tell: (failed: boolean) => void = () => {};
  const promise = new Promise<boolean>((resolvePromise) => {
    tell = resolvePromise;
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      // A second one, from somebody who does not want to wait, ends the process as it always does.
      tell(false);
    });
  }
  const because = (error: unknown) => {
    console.error("데이터베이스가 사라졌습니다. / The database is gone.", error);
    tell(true);
  };
  return { promise, because };
}
