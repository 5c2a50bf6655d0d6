import { isTypeScript, offence, type Rule, type SourceFile, scanned } from "./repo.ts";

const fileLines = 300;
const functionLines = 60;
const lineLetters = 120;

const isSource = (file: SourceFile) => /\.(ts|tsx|sql)$/.test(file.path);
const linesOf = (text: string) => text.replace(/\n$/, "").split("\n");

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Where each function's body begins and ends. */
export function functionsIn(code: string): readonly Span[] {
  const closing = pairs(code);
  const bodies: { from: number; to: number }[] = [];
  const add = (from: number, bodyAt: number) => {
    const to = closing.get(bodyAt);
    if (to !== undefined) bodies.push({ from, to });
  };
  for (const { index } of code.matchAll(/=>\s*(?=[{(])/g)) add(index, code.slice(index).search(/[{(]/) + index);
  for (const [open, close] of closing) {
    if (code[open] !== "(" || isControl(code.slice(0, open))) continue;
    const bodyAt = bodyAfter(code, close + 1, closing);
    if (bodyAt !== undefined) add(open, bodyAt);
  }
  return bodies;
}

function isControl(before: string): boolean {
  return /\b(if|for|while|switch|catch|with|await)\s*$/.test(before.slice(-20));
}

/** The place of the `{` that follows parameters, past a return type; undefined when there is no body. */
function bodyAfter(code: string, from: number, closing: ReadonlyMap<number, number>): number | undefined {
  const next = /\S/g;
  next.lastIndex = from;
  const found = next.exec(code);
  if (found?.[0] === "{") return found.index;
  if (found?.[0] !== ":") return undefined;
  for (let at = found.index + 1; at < code.length; at++) {
    const letter = code[at]!;
    if (letter === "{" && !/(?:[:|&<,(]|=>|\b(?:is|keyof|readonly))\s*$/.test(code.slice(found.index, at))) return at;
    if ("{([".includes(letter)) at = closing.get(at) ?? code.length;
    else if (";)},".includes(letter) || code.startsWith("=>", at)) return undefined;
  }
  return undefined;
}

function pairs(code: string): Map<number, number> {
  const open: number[] = [];
  const closing = new Map<number, number>();
  for (const { 0: letter, index } of code.matchAll(/[{}()[\]]/g)) {
    if ("{([".includes(letter)) open.push(index);
    else {
      const from = open.pop();
      if (from !== undefined) closing.set(from, index);
    }
  }
  return closing;
}

/**
 * A function's own lines: those of functions inside it are theirs. A factory that returns its functions (batcher,
 * consumer, feed) is a list of them with shared state, and each of them is measured.
 */
function ownLines(code: string, of: Span, all: readonly Span[]): number {
  const inside = all.filter(({ from, to }) => from > of.from && to < of.to);
  const outermost = inside.filter((one) => !inside.some((other) => other.from < one.from && one.to < other.to));
  const count = ({ from, to }: Span) => code.slice(from, to).split("\n").length;
  return outermost.reduce((lines, one) => lines - (count(one) - 1), count(of));
}

function longFunctions(file: SourceFile): string[] {
  const { code } = scanned(file);
  const all = functionsIn(code);
  return all.flatMap((one) => {
    const lines = ownLines(code, one, all);
    return lines > functionLines ? [offence(file, one.from, `is a function of ${lines} lines`)] : [];
  });
}

/** A text is not broken for its length: the title of a test is one sentence. */
function isOneText(line: string): boolean {
  return /(["'`])(?:(?!\1).){60,}/.test(line);
}

const long = (lines: number) => "  step();\n".repeat(lines);
const plant = (text: string): SourceFile => ({ path: "src/app/planted.ts", text });

export const sizeRules: readonly Rule[] = [
  {
    says: `a file has at most ${fileLines} lines`,
    find: (files) =>
      files.filter(isSource).flatMap((file) => {
        const lines = linesOf(file.text).length;
        return lines > fileLines ? [`${file.path}:${fileLines + 1} has ${lines} lines`] : [];
      }),
    planted: [plant(long(fileLines + 1))],
    allowed: [plant(long(fileLines))],
  },
  {
    says: `a function has at most ${functionLines} lines of its own`,
    find: (files) => files.filter(isTypeScript).flatMap(longFunctions),
    planted: [
      plant(`export function make(a: { b: string }): Promise<{ c: string }> {\n${long(60)}}\n`),
      plant(`const make = async (a: string) => {\n${long(60)}};\n`),
      plant(`const door = {\n  open() {\n${long(60)}  },\n};\n`),
      plant(`const make = () => ({\n${"  a: 1,\n".repeat(60)}});\n`),
    ],
    allowed: [
      plant(`function make() {\n${long(58)}}\n`),
      plant(`const table = {\n${"  a: { b: `}` },\n".repeat(80)}};\n`),
      plant(`if (a) {\n${long(80)}}\n`),
      plant(`function make() {\n${"  const one = () => {\n    step();\n  };\n".repeat(25)}}\n`),
    ],
  },
  {
    says: `a line has at most ${lineLetters} letters`,
    find: (files) =>
      files
        .filter(isSource)
        .flatMap((file) =>
          linesOf(file.text).flatMap((line, at) =>
            [...line].length > lineLetters && !isOneText(line)
              ? [`${file.path}:${at + 1} has ${[...line].length} letters`]
              : [],
          ),
        ),
    planted: [plant(`// ${"x".repeat(lineLetters)}\n`)],
    allowed: [plant(`// ${"가".repeat(lineLetters - 3)}\n`)],
  },
];
