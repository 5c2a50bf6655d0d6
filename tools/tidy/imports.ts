import { posix } from "node:path";
import { isTest, isTypeScript, offence, type Rule, type SourceFile, scanned } from "./repo.ts";

interface Import {
  readonly file: SourceFile;
  readonly at: number;
  readonly from: string;
}

/** Every module that a file names: import, export … from, import(). */
export function importsOf(file: SourceFile): readonly Import[] {
  const { code, strings } = scanned(file);
  const byPlace = new Map(strings.map((piece) => [piece.at, piece.text]));
  const named = /(?<![.\w])(?:from\s*|import\s*\(?\s*)["'`]/g;
  return [...code.matchAll(named)].flatMap((found) => {
    const at = found.index + found[0].length;
    const from = byPlace.get(at);
    return from === undefined ? [] : [{ file, at, from }];
  });
}

/** The part of the tree that a relative path may not leave. */
export function unitOf(path: string): string {
  const [top, second, third] = path.split("/");
  if (top !== "src") return top!;
  return second === "services" || second === "contracts" ? `src/${second}/${third}` : `src/${second}`;
}

function rule(says: string, isWrong: (named: Import) => boolean, plants: readonly (readonly [string, string])[]): Rule {
  const planted = plants.map(([path, from]) => ({ path, text: `import { x } from "${from}";\n` }));
  const find = (files: readonly SourceFile[]) =>
    files.filter(isTypeScript).flatMap((file) =>
      importsOf(file)
        .filter(isWrong)
        .map(({ at, from }) => offence(file, at, `imports ${from}`)),
    );
  return { says, find, planted };
}

const isRelative = (from: string) => from.startsWith(".");
const targetOf = ({ file, from }: Import) => posix.join(posix.dirname(file.path), from);
const isIn = (folder: string) => (named: Import) => named.file.path.startsWith(`${folder}/`);
const isInServices = isIn("src/services");
const isInContracts = isIn("src/contracts");
const isInPlatform = isIn("src/platform");
const isInDomain = ({ file }: Import) => /^src\/services\/[^/]+\/domain\//.test(file.path);
const composition = "src/app/services.ts";
const forTests = /^(node:(test|assert.*)|fast-check|#platform\/testing\/.*)$/;
const forDomain = /^#platform\/core\//;

export const importRules: readonly Rule[] = [
  rule(
    "a relative path never leaves its service, its contract, the platform or another top folder",
    (named) =>
      isRelative(named.from) &&
      !`${targetOf(named)}/`.startsWith(`${unitOf(named.file.path)}/`) &&
      !(named.file.path === composition && targetOf(named).startsWith("src/services/")) &&
      !(named.file.path === "src/main.ts" && targetOf(named).startsWith("src/app/")),
    [
      ["src/services/order/api/place-order.ts", "../../stock/domain/reserve.ts"],
      ["src/contracts/order/events.ts", "../stock/events.ts"],
      ["src/platform/db/pool.ts", "../../app/config.ts"],
      ["tools/test.ts", "../src/platform/db/template.ts"],
    ],
  ),
  rule(
    "a service never names another service, the composition or a fake",
    (named) => isInServices(named) && !isTest(named.file) && /^#(app|services|fakes)\//.test(named.from),
    [["src/services/order/api/place-order.ts", "#app/compose.ts"]],
  ),
  rule(
    "domain/ imports its own folder and the words of the platform only",
    (named) =>
      isInDomain(named) &&
      !(isRelative(named.from) && /^src\/services\/[^/]+\/domain\//.test(targetOf(named))) &&
      !forDomain.test(named.from) &&
      !(isTest(named.file) && forTests.test(named.from)),
    [
      ["src/services/order/domain/order.ts", "../deps.ts"],
      ["src/services/order/domain/order.ts", "node:crypto"],
      ["src/services/order/domain/order.ts", "#contracts/stock/operations.ts"],
      ["src/services/order/domain/order.ts", "#platform/db/pool.ts"],
    ],
  ),
  rule(
    "contracts import the platform's core, TypeBox and other contracts' events only",
    (named) =>
      isInContracts(named) &&
      !isTest(named.file) &&
      !isRelative(named.from) &&
      !/^(#platform\/core\/.*|typebox(\/.*)?|#contracts\/[^/]+\/events\.ts)$/.test(named.from),
    [
      ["src/contracts/order/operations.ts", "#contracts/stock/operations.ts"],
      ["src/contracts/order/operations.ts", "#platform/db/pool.ts"],
    ],
  ),
  rule(
    "the platform knows no business: neither contracts nor services; only its testing folder knows the composition",
    (named) =>
      isInPlatform(named) &&
      /^#(contracts|services|app|fakes)\//.test(named.from) &&
      !(isTest(named.file) && /^#(app|fakes|contracts)\//.test(named.from)),
    [
      ["src/platform/http/server.ts", "#contracts/order/operations.ts"],
      ["src/platform/http/server.ts", "#app/compose.ts"],
    ],
  ),
  rule(
    "the platform's core is pure and runs in a browser",
    (named) =>
      named.file.path.startsWith("src/platform/core/") &&
      !isTest(named.file) &&
      !/^(\.\/.*|typebox(\/.*)?)$/.test(named.from),
    [
      ["src/platform/core/ids.ts", "node:crypto"],
      ["src/platform/core/ids.ts", "../db/pool.ts"],
    ],
  ),
  rule(
    "only src/app/services.ts imports services",
    (named) =>
      (/^#services\//.test(named.from) || (isRelative(named.from) && targetOf(named).startsWith("src/services/"))) &&
      named.file.path !== composition &&
      !isInServices(named),
    [
      ["src/app/compose.ts", "../services/order/service.ts"],
      ["bench/checkout.ts", "../src/services/order/service.ts"],
    ],
  ),
  rule(
    "a fake is the outside world: it knows nothing of the house but its core",
    (named) => isIn("fakes")(named) && /^#(?!fakes\/|platform\/core\/)/.test(named.from) && !isTest(named.file),
    [["fakes/toss/server.ts", "#contracts/payment/operations.ts"]],
  ),
  rule(
    "a module of ours is named with its ending",
    ({ from }) => /^[.#]/.test(from) && !/\.(ts|tsx|json)$/.test(from),
    [["src/app/compose.ts", "#platform/core/time"]],
  ),
];
