import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { secretText } from "../random.ts";

export interface DemoSecrets {
  readonly identityKeySecret: string;
  readonly tossSecretKey: string;
  readonly kakaopaySecretKey: string;
}

/** Secrets of the demo are made by chance on the first start and kept in the data folder: none stands in the source. */
export function demoSecrets(dataDir: string): DemoSecrets {
  mkdirSync(dataDir, { recursive: true });
  const path = join(dataDir, "demo-secrets.json");
  try {
    return JSON.parse(readFileSync(path, "utf8")) as DemoSecrets;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const made = {
    identityKeySecret: secretText(),
    tossSecretKey: `test_sk_${secretText()}`,
    kakaopaySecretKey: `DEV${secretText()}`,
  };
  writeFileSync(path, JSON.stringify(made), { mode: 0o600 });
  return made;
}
