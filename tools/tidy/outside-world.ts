import { isTest, isTypeScript, occurrences, type Rule, type SourceFile, scanned } from "./repo.ts";

/** What nobody may take by himself: it is handed in by the one file that may (STYLE.md §1.5, §1.8, §1.9). */
interface Source {
  readonly name: string;
  readonly pattern: RegExp;
  /** The files that hand it to all others, and folders that are the outside world themselves. */
  readonly adapters: RegExp;
  readonly planted: string;
  readonly allowed: string;
}

// The fakes, the benchmarks, the tools and the whole-house tests stand outside of the house and look at it.
const outside = "fakes/|bench/|tools/|sim/|src/app/(sweep|matrix|testing|kills)/";

const sources: readonly Source[] = [
  {
    name: "the machine's clock",
    pattern: /\bDate\.now\b|\bnew Date\s*\(\s*\)|\bperformance\.(now|timeOrigin)\b|\bprocess\.(hrtime|uptime)\b/g,
    adapters: new RegExp(`^(${outside}|src/app/clock\\.ts|src/app/commands/)`),
    planted: "const at = Date.now();",
    allowed: "const at = deps.clock.now(); // never Date.now()",
  },
  {
    name: "dates",
    pattern: /\bnew Date\b|(?<!\.)\bDate\(/g,
    adapters: new RegExp(`^(${outside}|src/app/clock\\.ts|src/platform/core/time\\.ts)`),
    planted: "const day = new Date(at);",
    allowed: "const day = businessDay(at);",
  },
  {
    name: "randomness",
    pattern: /\bMath\.random\b|\brandom(UUID|Bytes|Int|FillSync|Fill)\b|\bgetRandomValues\b/g,
    adapters: new RegExp(`^(${outside}|src/app/random\\.ts)`),
    planted: "const id = crypto.randomUUID();",
    allowed: "const bytes = random.bytes(16);",
  },
  {
    name: "the environment",
    pattern: /\bprocess\.(env|argv)\b/g,
    adapters: new RegExp(`^(${outside}|src/app/config\\.ts|src/main\\.ts)`),
    planted: "const url = process.env.DATABASE_URL;",
    allowed: `const text = "process.env is read by config.ts";`,
  },
  {
    name: "the network",
    pattern: /(?<![.\w])fetch\s*\(|\bglobalThis\.fetch\b/g,
    adapters: new RegExp(`^(${outside}|src/app/(commands|demo)/|src/services/[^/]+/adapters/|src/platform/http/)`),
    planted: "const answer = await fetch(url);",
    allowed: "const answer = await gateway.fetch(url);",
  },
];

const timers: Source = {
  name: "timers",
  pattern: /\bset(Timeout|Interval|Immediate)\b/g,
  adapters: /^(?!src\/(services|contracts)\/)/,
  planted: "setTimeout(retry, 1_000);",
  allowed: "await kit.wait(1_000);",
};

function ruleOf({ name, pattern, adapters, planted, allowed }: Source): Rule {
  const place = "src/services/order/domain/order.ts";
  return {
    says: `${name} is handed in by its adapter, and taken by nobody else`,
    find: (files: readonly SourceFile[]) =>
      files
        .filter((file) => isTypeScript(file) && !isTest(file) && !adapters.test(file.path))
        .flatMap((file) => occurrences(file, scanned(file).code, pattern, "is handed in, see ARCHITECTURE.md")),
    planted: [{ path: place, text: planted }],
    allowed: [{ path: place, text: allowed }],
  };
}

export const outsideWorldRules: readonly Rule[] = [...sources, timers].map(ruleOf);
