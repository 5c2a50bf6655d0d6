import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { startTestCluster } from "#platform/db/template.ts";

// node tools/test.ts [--pure | --sweep | --split | --all] [part of a path …]
//   (nothing)  every test; of the fault sweep a seeded sample        --pure   tests without a database (npm run check)
//   --sweep    the whole fault sweep and nothing else                --all    every test and the whole fault sweep
//   --split    x.split.test.ts and nothing else: they start the real servers that they need (npm run test:split)

const root = join(import.meta.dirname, "..");
const kinds = ["--pure", "--sweep", "--split", "--all"] as const;
const testMinutes = 5;
const sweepMinutes = 15;
/** How much longer a file may take, hooks and all, before its process is ended: see test-limit.ts. */
const restMinutes = 5;
/** Read by src/platform/testing: the server that all test files share, each with databases of its own. */
const databaseVariable = "MADANG_TEST_DATABASE_URL";
/** Read there, too: the broker that all split tests share, each with topics of its own. */
const kafkaVariable = "MADANG_TEST_KAFKA";

interface Choice {
  readonly kind: (typeof kinds)[number] | undefined;
  /** A file is run when its path contains one of these; every file when there are none. */
  readonly parts: readonly string[];
}

function readArguments(args: readonly string[]): Choice {
  const flags = args.filter((arg) => arg.startsWith("--"));
  const kind = kinds.find((known) => flags[0] === known);
  if (flags.length > 1 || (flags.length === 1 && kind === undefined)) {
    throw new Error(`${flags.join(" ")}: one of ${kinds.join(", ")} is known`);
  }
  return { kind, parts: args.filter((arg) => !arg.startsWith("--")) };
}

const isSweep = (path: string) => path.endsWith(".sweep.test.ts");
/** They need servers that the packages do not bring, so a plain run leaves them out. */
const isSplit = (path: string) => path.endsWith(".split.test.ts");
const isAlone = (path: string) => isSweep(path) || isSplit(path);
const needsDatabase = (path: string) => isAlone(path) || path.endsWith(".db.test.ts");

const isChosen: Readonly<Record<(typeof kinds)[number] | "every", (path: string) => boolean>> = {
  every: (path) => !isAlone(path),
  "--pure": (path) => !needsDatabase(path),
  "--sweep": isSweep,
  "--split": isSplit,
  "--all": (path) => !isSplit(path),
};

/** Pure tests first; then the rest, in order of path: what lies side by side takes about as long. */
function chooseFiles({ kind, parts }: Choice): string[] {
  const found = globSync("{src,fakes,sim,bench,tools}/**/*.test.ts", { cwd: root }).sort();
  const rank = (path: string) => (needsDatabase(path) ? 1 : 0);
  return found
    .filter((path) => isChosen[kind ?? "every"](path))
    .filter((path) => parts.length === 0 || parts.some((part) => path.includes(part)))
    .sort((one, other) => rank(one) - rank(other));
}

/** So many files share a process: to load the house costs as much as most files' tests. */
const FILES_PER_PROCESS = 8;

/**
 * Deals the files out to groups, neighbours to different ones as they are alike in length. A group is a file itself,
 * with a suite for each of its files, so that their hooks are their own.
 */
function writeGroups(files: readonly string[], folder: string): string[] {
  const groups = Math.ceil(files.length / FILES_PER_PROCESS);
  return Array.from({ length: groups }, (_, nth) => {
    const suites = files
      .filter((_, at) => at % groups === nth)
      .map((path) => `suite(${JSON.stringify(path)}, () => import(${JSON.stringify(join(root, path))}));`);
    const group = join(folder, `${nth + 1}.test.mjs`);
    writeFileSync(group, ['import { suite } from "node:test";', ...suites].join("\n"));
    return group;
  });
}

/**
 * Runs the files, two processes more at a time than there are cores, as many wait for what they started; the sweep and
 * split tests in a process for each file, split tests one by one, as each has a house of up to ten processes.
 * @returns whether every test passed.
 */
async function runFiles(files: readonly string[], signal: AbortSignal): Promise<boolean> {
  // Each process loads the same hundreds of files: what the first has compiled, the others take from here.
  process.env.NODE_COMPILE_CACHE ??= join(root, "node_modules/.cache/node");
  const minutes = files.some(isSweep) ? sweepMinutes : testMinutes;
  process.env.MADANG_TEST_FILE_MINUTES = `${minutes + restMinutes}`;
  const folder = mkdtempSync(join(tmpdir(), "madang-tests-"));
  const [alone, together] = [files.filter(isAlone), files.filter((path) => !isAlone(path))];
  const tests = run({
    files: [...alone.map((path) => join(root, path)), ...writeGroups(together, folder)],
    cwd: root,
    execArgv: ["--import", join(root, "tools/test-limit.ts")],
    concurrency: files.some(isSplit) ? 1 : availableParallelism() + 2,
    timeout: minutes * 60_000,
    signal,
  });
  const closing: string[] = [];
  let isSuccess = false;
  tests.on("test:summary", ({ file, counts, duration_ms, success }) => {
    if (file !== undefined) return;
    isSuccess = success && counts.tests > 0;
    const { tests: all, suites, passed: pass, cancelled, skipped, todo } = counts;
    const fail = all - pass - cancelled - skipped - todo;
    const numbers = { tests: all, suites, pass, fail, cancelled, skipped, todo, duration_ms };
    closing.push(...Object.entries(numbers).map(([name, number]) => `# ${name} ${number}`));
  });
  const report = tests.compose(new spec());
  report.pipe(process.stdout, { end: false });
  await once(report, "end");
  rmSync(folder, { recursive: true });
  // The closing lines of Node's other reporter, which programs that read test reports look for.
  process.stdout.write(`\n${closing.join("\n")}\n`);
  return isSuccess;
}

/** A real broker, or the reason why there is none: a split test fails then, and is not skipped. */
async function shareKafka(): Promise<() => Promise<void>> {
  if (process.env[kafkaVariable] !== undefined) return async () => {};
  const { startTestKafka } = await import("#platform/testing/kafka/cluster.ts");
  const kafka = await startTestKafka();
  process.env[kafkaVariable] = kafka.brokers;
  return () => kafka.stop();
}

async function main(): Promise<boolean> {
  const choice = readArguments(process.argv.slice(2));
  const files = chooseFiles(choice);
  if (files.length === 0) throw new Error("no test file fits");
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopping.abort());
  if (!files.some(needsDatabase)) return runFiles(files, stopping.signal);

  const url = process.env[databaseVariable];
  const secret = () => randomBytes(32).toString("base64url");
  const cluster = await startTestCluster({ ...(url === undefined ? {} : { url }), secret });
  process.env[databaseVariable] = cluster.url;
  const stops = [() => cluster.stop()];
  try {
    if (files.some(isSplit)) stops.push(await shareKafka());
    return await runFiles(files, stopping.signal);
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

process.exitCode = (await main()) ? 0 : 1;
