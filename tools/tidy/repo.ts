import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type Scan, scan } from "./scan.ts";

/** A committed text: `path` from the root with slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** A rule of the house as a test of its texts. What it finds are sentences that begin with `path:line`. */
export interface Rule {
  /** The rule itself, as the name of its test. */
  readonly says: string;
  readonly find: (files: readonly SourceFile[]) => readonly string[];
  /** Texts that break it, each by itself: a rule that does not find them is no rule. */
  readonly planted: readonly SourceFile[];
  /** Texts that look like an offence and are none. */
  readonly allowed?: readonly SourceFile[];
}

const root = join(import.meta.dirname, "../..");
/** Where a start without DATA_DIR keeps its database. */
const dataFolder = join(root, "data");
const passedOver = new Set(["node_modules", ".git", "dist", "coverage"]);
const texts = /\.(ts|tsx|js|mjs|json|md|sql|sh|ya?ml|html|css|txt)$|^[^.]*$|^\.(gitignore|npmrc|editorconfig)$/;

/** Every text of the repository. */
export function readRepository(): readonly SourceFile[] {
  return filesBelow(root).map((path) => ({
    path: relative(root, path).replaceAll("\\", "/"),
    text: readFileSync(path, "utf8"),
  }));
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return passedOver.has(entry.name) || path === dataFolder ? [] : filesBelow(path);
    return entry.isFile() && texts.test(entry.name) ? [path] : [];
  });
}

export function isTypeScript({ path }: SourceFile): boolean {
  return path.endsWith(".ts");
}

export function isTest({ path }: SourceFile): boolean {
  return /\.(test|conformance)\.ts$|\/testing\/|\/(testing|testing-[^/]+|test-[^/]+)\.ts$/.test(path);
}

const scans = new Map<string, Scan>();

/** The text taken apart, once for all rules. */
export function scanned({ text }: SourceFile): Scan {
  const known = scans.get(text) ?? scan(text);
  scans.set(text, known);
  return known;
}

/** Where a pattern (with the flag g) stands in some version of the text, as offences that end with `because`. */
export function occurrences(file: SourceFile, where: string, pattern: RegExp, because: string): string[] {
  return [...where.matchAll(pattern)].map((found) => offence(file, found.index, `${found[0].trim()}: ${because}`));
}

export function offence(file: SourceFile, at: number, what: string): string {
  return `${file.path}:${file.text.slice(0, at).split("\n").length} ${what}`;
}
