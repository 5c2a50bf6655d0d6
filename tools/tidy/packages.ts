import { builtinModules } from "node:module";
import { importsOf } from "./imports.ts";
import { isTest, isTypeScript, occurrences, offence, type Rule, type SourceFile, scanned } from "./repo.ts";

interface PackageFile {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const packageFile = (value: unknown, path = "package.json"): SourceFile => ({
  path,
  text: JSON.stringify(value, null, 2),
});
const isPackageFile = ({ path }: SourceFile) => /(^|\/)package\.json$/.test(path);
const isLockFile = ({ path }: SourceFile) => /(^|\/)(package-lock\.json|npm-shrinkwrap\.json|\.npmrc)$/.test(path);
const source = (text: string, path = "src/app/planted.ts"): SourceFile => ({ path, text });

function versionsIn(file: SourceFile): readonly (readonly [string, string])[] {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(file.text) as PackageFile;
  return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
}

/** `@scope/name` of `@scope/name/part`. */
function packageOf(from: string): string {
  return from
    .split("/")
    .slice(0, from.startsWith("@") ? 2 : 1)
    .join("/");
}

function undeclaredImports(files: readonly SourceFile[]): string[] {
  const main = files.find(({ path }) => path === "package.json");
  if (main === undefined) return [];
  const { dependencies = {}, devDependencies = {} } = JSON.parse(main.text) as PackageFile;
  return files
    .filter((file) => isTypeScript(file) && !file.path.startsWith("web/"))
    .flatMap((file) => {
      const isProduction = /^(src|fakes)\//.test(file.path) && !isTest(file);
      const known = isProduction ? dependencies : { ...dependencies, ...devDependencies };
      return importsOf(file)
        .filter(({ from }) => !/^([.#]|node:)/.test(from) && !Object.hasOwn(known, packageOf(from)))
        .map(({ at, from }) => offence(file, at, `imports ${from}, which package.json does not bring`));
    });
}

/** A file that nobody imports, starts or names is forgotten. Programs are started by package.json, .ci or by hand. */
function forgotten(files: readonly SourceFile[]): string[] {
  const named = new Set<string>();
  for (const file of files) {
    const pieces = isTypeScript(file) ? scanned(file).strings.map(({ text }) => text) : [file.text];
    for (const piece of pieces) for (const { 0: name } of piece.matchAll(/[\w.-]+\.ts\b/g)) named.add(name);
  }
  const isProgram = ({ path }: SourceFile) => /^(bench|tools|sim)\/[^/]+\.ts$|^src\/main\.ts$|\.d\.ts$/.test(path);
  return files
    .filter((file) => isTypeScript(file) && !file.path.endsWith(".test.ts") && !isProgram(file))
    .filter(({ path }) => !named.has(path.slice(path.lastIndexOf("/") + 1)))
    .map(({ path }) => `${path}:1 is imported by nobody`);
}

// Written so that this file does not break its own rules.
const placesOfMachines = /(?<![\w.:/-])\/(?:root|home|Users|work|tmp\/bash_jobs)\/[\w.-]+/g;
const registries = /https?:\/\/[^\s"'`)]*(?:registry|artifactory|nexus|verdaccio|npmmirror|proxy\.golang)[^\s"'`)]*/g;
const somebodysHome = ["", "home", "somebody", "main"].join("/");
const registry = ["https:/", "registry.example", "left-pad"].join("/");

export const packageRules: readonly Rule[] = [
  {
    says: "package.json names exact versions",
    find: (files) =>
      files.filter(isPackageFile).flatMap((file) =>
        versionsIn(file)
          .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
          .map(([name, version]) => offence(file, file.text.indexOf(`"${name}"`), `${name}: ${version}`)),
      ),
    planted: ["^1.2.3", "latest", "1.x", "git+ssh://x"].map((version) => packageFile({ dependencies: { a: version } })),
    allowed: [packageFile({ devDependencies: { a: "18.4.0-beta.17" } })],
  },
  {
    says: "the lock file names no download address",
    find: (files) =>
      files
        .filter(isLockFile)
        .flatMap((file) =>
          occurrences(file, file.text, /"resolved"\s*:|\bregistry\s*=|https?:\/\/[^"\s]*\.tgz/g, "an address"),
        ),
    planted: [
      packageFile({ packages: { "node_modules/a": { resolved: "x" } } }, "package-lock.json"),
      { path: ".npmrc", text: "registry=x" },
    ],
    allowed: [
      packageFile({ packages: { "node_modules/a": { version: "1.0.0", integrity: "x" } } }, "package-lock.json"),
    ],
  },
  {
    says: "no text names a package registry",
    find: (files) => files.flatMap((file) => occurrences(file, file.text, registries, "a registry")),
    planted: [source(`const url = "${registry}";`), { path: "README.md", text: `npm i --registry ${registry}` }],
    allowed: [source(`const registry = new Registry(); // https://prometheus.example`)],
  },
  {
    says: "no text names a path of somebody's machine",
    find: (files) => files.flatMap((file) => occurrences(file, file.text, placesOfMachines, "a path of one machine")),
    planted: [source(`const folder = "${somebodysHome}";`), { path: "README.md", text: `cd ${somebodysHome}` }],
    allowed: [source(`const path = "/stores/home/items"; const root = "$HOME/data";`)],
  },
  {
    says: "what is imported is declared: by production among the dependencies, by tests and tools anywhere",
    find: undeclaredImports,
    planted: [source(`import x from "left-pad";`), source(`import fc from "fast-check";`)],
    allowed: [
      source(`import pg from "pg";\nimport { f } from "node:fs";`),
      source(`import fc from "fast-check";`, "src/app/planted.test.ts"),
    ],
  },
  {
    says: "modules of Node are imported by their full name",
    find: (files) =>
      files.filter(isTypeScript).flatMap((file) =>
        importsOf(file)
          .filter(({ from }) => builtinModules.includes(from) && !from.startsWith("node:"))
          .map(({ at, from }) => offence(file, at, `imports ${from}: say node:${from}`)),
      ),
    planted: [source(`import { f } from "fs";`)],
    allowed: [source(`import { f } from "node:fs";`)],
  },
  {
    says: "every file is used by another one",
    find: forgotten,
    planted: [source("export const x = 1;")],
    allowed: [source(`import "#app/planted.ts";`, "src/app/planted.ts")],
  },
];

/** What the imports of the planted texts are looked up in. */
export const plantedPackage = packageFile({
  dependencies: { pg: "8.0.0" },
  devDependencies: { "fast-check": "4.0.0" },
});
