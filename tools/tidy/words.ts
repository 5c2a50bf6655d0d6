import { isTypeScript, occurrences, offence, type Rule, type SourceFile, scanned } from "./repo.ts";

/** One word per concept: the other words that people would use for it. */
const oneWord: Readonly<Record<string, string>> = {
  customer: "buyer",
  shop: "store",
  vendor: "seller",
  merchant: "seller",
  manager: "operator, or the thing's own name",
  product: "item",
  helper: "the name of what it does",
  helpers: "the name of what it does",
  util: "the name of what it does",
  utils: "the name of what it does",
  misc: "the name of what it does",
  inventory: "stock",
};
// Numbers have products too, where no business is.
const ofTechnique = new Set(["product"]);
// The gateways call people by names of their own, and tools/ names the words in order to forbid them.
const speaksOtherwise = /^(fakes\/|tools\/tidy\/|src\/services\/payment\/adapters\/)/;

function strangeWords(file: SourceFile): string[] {
  const isBusiness = /^src\/(services|contracts)\//.test(file.path);
  const { code } = scanned(file);
  return [...code.matchAll(/\b[A-Za-z][A-Za-z0-9]*\b/g)].flatMap(({ 0: name, index }) => {
    const words = name
      .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
      .toLowerCase()
      .split(" ");
    const strange = words.find((word) => Object.hasOwn(oneWord, word) && !isKnown(word, name, isBusiness));
    return strange === undefined ? [] : [offence(file, index, `${name}: say ${oneWord[strange]}`)];
  });
}

function isKnown(word: string, name: string, isBusiness: boolean): boolean {
  return name === "processManager" || (ofTechnique.has(word) && !isBusiness);
}

const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.(((db|sweep|split|property)\.)?test|conformance|d))?\.tsx?$/;
const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
const source = (text: string, path = "src/services/order/planted.ts"): SourceFile => ({ path, text });
const inCode = (says: string, pattern: RegExp, because: string, planted: string, allowed: string): Rule => ({
  says,
  find: (files) =>
    files.filter(isTypeScript).flatMap((file) => occurrences(file, scanned(file).code, pattern, because)),
  planted: [source(planted)],
  allowed: [source(allowed)],
});

export const wordRules: readonly Rule[] = [
  {
    says: "a file is named in kebab-case by the verb or noun inside, and nothing is a barrel or a utils",
    find: (files) =>
      files.filter(isTypeScript).flatMap(({ path }) => {
        const name = nameOf(path);
        const isVague = /^(index|utils?|helpers?|misc|common)\./.test(name);
        return kebab.test(name) && !isVague ? [] : [`${path}:1 is no name for a file`];
      }),
    planted: ["index.ts", "placeOrder.ts", "order_utils.ts", "utils.ts"].map((name) => source("", `src/app/${name}`)),
    allowed: ["place-order.db.test.ts", "order.ts"].map((name) => source("", `src/app/${name}`)),
  },
  {
    says: "one concept has one word",
    find: (files) =>
      files.filter((file) => isTypeScript(file) && !speaksOtherwise.test(file.path)).flatMap(strangeWords),
    planted: ["const customerId = 1;", "function openShop() {}", "type StockHelper = 1;"].map((text) => source(text)),
    allowed: [
      source("const buyerId = 1; // the customer"),
      source("const product = a * b;", "src/platform/core/money.ts"),
    ],
  },
  inCode(
    "nothing is exported by default",
    /\bexport\s+default\b|\bas\s+default\b/g,
    "give it its name",
    "export default 1;",
    "export const one = 1;",
  ),
  inCode(
    "a closed list is a union of literals, not an enum",
    /^\s*(export\s+)?(declare\s+)?(const\s+)?enum\s+\w+/gm,
    "is an enum",
    "export enum Status { PAID }",
    "const status = oneOf({ enum: 1 });",
  ),
  {
    says: "only errors are classes",
    find: (files) => {
      const declared = [...files].filter(isTypeScript).flatMap((file) => classesIn(file));
      const errors = new Set(["Error"]);
      // An error may extend another one of ours, in whatever order they stand.
      for (let before = 0; before < errors.size; ) {
        before = errors.size;
        for (const { name, base } of declared) if (errors.has(base) || /Error$/.test(base)) errors.add(name);
      }
      return declared
        .filter(({ name }) => !errors.has(name))
        .map(({ file, at, name }) => offence(file, at, `class ${name}`));
    },
    planted: [source("export class OrderService {}"), source("class Cart extends Basket {}")],
    allowed: [source("class Busy extends Error {}\nclass TooBusy extends Busy {}"), source("const x = { class: 1 };")],
  },
  {
    says: "a TODO carries the number of its issue",
    find: (files) =>
      files
        .filter(isTypeScript)
        .flatMap((file) =>
          scanned(file).comments.flatMap(({ at, text }) =>
            /\b(TODO|FIXME|XXX|HACK)\b(?!\s*\(?#\d+)/.test(text) ? [offence(file, at, "a TODO without an issue")] : [],
          ),
        ),
    planted: [source(`// ${"TO"}DO: later`)],
    allowed: [source(`// ${"TO"}DO #12: later`), source(`const text = "${"TO"}DO";`)],
  },
  {
    says: "the compiler and the linter are never told to look away without a reason",
    find: (files) =>
      files
        .filter(isTypeScript)
        .flatMap((file) =>
          scanned(file).comments.flatMap(({ at, text }) =>
            /@ts-(ignore|nocheck)|@ts-expect-error\s*(\*\/)?$|biome-ignore[^:]*$/.test(text)
              ? [offence(file, at, text)]
              : [],
          ),
        ),
    planted: [source(`// ${"@ts"}-ignore`)],
    allowed: [source(`// ${"biome"}-ignore lint/suspicious/noExplicitAny: the driver says any.`)],
  },
  {
    says: "a test is a sentence about behaviour, said once in its file, and none is left out",
    find: (files) => files.filter(({ path }) => path.endsWith(".test.ts")).flatMap(poorTests),
    planted: [
      source(`test("should work", () => {});`, "src/app/planted.test.ts"),
      source(`test("it is so", f);\ntest("it is so", g);`, "src/app/planted.test.ts"),
      source(`test.only("it is so", f);`, "src/app/planted.test.ts"),
    ],
    allowed: [source(`test("it is so", f);\ntest("it is not", g);`, "src/app/planted.test.ts")],
  },
];

function classesIn(file: SourceFile) {
  const declared = /^\s*(?:export\s+)?(?:abstract\s+)?class\s+(\w+)(?:\s+extends\s+([\w.]+))?/gm;
  return [...scanned(file).code.matchAll(declared)].map((found) => {
    return { file, at: found.index, name: found[1]!, base: found[2] ?? "" };
  });
}

function poorTests(file: SourceFile): string[] {
  const { code, strings } = scanned(file);
  const left = occurrences(file, code, /\b(test|it|describe|suite)\.(only|skip|todo)\b/g, "leaves tests out");
  const seen = new Set<string>();
  for (const { index, 0: opening } of code.matchAll(/\b(?:test|it)\s*\(\s*["'`]/g)) {
    // A test in a loop has its case in its title, which is a template then.
    const title = strings.find(({ at }) => at === index + opening.length)?.text ?? "";
    if (!opening.endsWith("`") && seen.has(title))
      left.push(offence(file, index, `a second test is called "${title}"`));
    if (/^should\b|\bworks( correctly)?$|^handles\b/i.test(title))
      left.push(offence(file, index, `"${title}" says nothing`));
    seen.add(title);
  }
  return left;
}
