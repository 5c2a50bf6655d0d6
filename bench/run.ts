import { execFileSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";

/** What a bench found; with `yardstick` and `ratio` where the yardstick could be measured. */
export type Figures = Readonly<Record<string, unknown>>;

const benches: Readonly<Record<string, () => Promise<Figures>>> = {
  checkout: async () => (await import("./checkout.ts")).checkout(),
  "hot-item": async () => (await import("./hot-item.ts")).hotItem(),
  list: async () => (await import("./list.ts")).list(),
  detail: async () => (await import("./detail.ts")).detail(),
  split: async () => (await import("./split.ts")).split(),
  bus: async () => (await import("./bus.ts")).bus(),
  hops: async () => (await import("./hops.ts")).hops(),
  streams: async () => (await import("./streams.ts")).streams(),
  coldstart: async () => (await import("./coldstart.ts")).coldstart(),
};

/** The commit that was measured; `+` when the working tree differed from it. A copy without history says it itself. */
function commit(): string {
  if (process.env.BENCH_COMMIT !== undefined) return process.env.BENCH_COMMIT;
  const git = (...args: string[]) => execFileSync("git", args, { cwd: import.meta.dirname, encoding: "utf8" }).trim();
  try {
    const isChanged = git("status", "--porcelain", "--untracked-files=no", "--", "../src", "../fakes") !== "";
    return `${git("rev-parse", "--short", "HEAD")}${isChanged ? "+" : ""}`;
  } catch {
    // Figures are worth keeping where there is no git, too.
    return "unknown";
  }
}

const name = process.argv[2] ?? "";
const bench = benches[name];
if (!bench) {
  console.error(`npm run -s bench <${Object.keys(benches).join(" | ")}>`);
  process.exit(2);
}
const figures = { name, ...(await bench()) };
const where = { commit: commit(), at: new Date().toISOString(), cores: cpus().length, node: process.version };
appendFileSync(join(import.meta.dirname, "results", `${name}.jsonl`), `${JSON.stringify({ ...where, ...figures })}\n`);
console.log(JSON.stringify(figures));
