/** A piece of a source text and where it begins. */
export interface Piece {
  readonly at: number;
  readonly text: string;
}

/** A source text taken apart. TypeScript 7 has no compiler API yet, so this much of the grammar is read by hand. */
export interface Scan {
  /** The text with the insides of strings, regular expressions and comments blanked: same length, same lines. */
  readonly code: string;
  readonly strings: readonly Piece[];
  readonly comments: readonly Piece[];
}

const quotes = `"'`;
// A slash after one of these begins a regular expression; after a name, a number or a closing bracket it divides.
const beforeExpression = /(^|[(,=:[!&|?{};+\-*%<>~^\n]|\b(?:return|typeof|case|of|in|await|yield|throw))$/;

/** Reads a TypeScript text. Templates are strings; what stands in their `${}` is code again. */
export function scan(text: string): Scan {
  const state: State = { text, code: text.split(""), strings: [], comments: [], at: 0, significant: "" };
  readCode(state, false);
  return { code: state.code.join(""), strings: state.strings, comments: state.comments };
}

interface State {
  readonly text: string;
  /** One UTF-16 unit each, so that places in it are places in the text. */
  code: string[];
  readonly strings: Piece[];
  readonly comments: Piece[];
  at: number;
  /** The last few letters of code, without spaces and comments. */
  significant: string;
}

function readCode(state: State, isInTemplate: boolean): void {
  let depth = 0;
  while (state.at < state.text.length) {
    const letter = state.text[state.at]!;
    const pair = state.text.slice(state.at, state.at + 2);
    if (pair === "//" || pair === "/*") readComment(state, pair);
    else if (quotes.includes(letter)) readString(state, letter);
    else if (letter === "`") readTemplate(state);
    else if (letter === "/" && beforeExpression.test(state.significant)) readPattern(state);
    else {
      if (letter === "{") depth += 1;
      if (letter === "}") depth -= 1;
      if (depth < 0 && isInTemplate) return;
      state.at += 1;
      if (!/\s/.test(letter)) remember(state, letter);
      else if (/\w$/.test(state.significant)) remember(state, " ");
    }
  }
}

function remember(state: State, letters: string): void {
  const before = /\s$/.test(state.significant) && !/\w/.test(letters) ? state.significant.trimEnd() : state.significant;
  state.significant = `${before}${letters}`.replace(/ $/, "").slice(-12);
}

function readComment(state: State, opening: string): void {
  const { text, at } = state;
  const end = opening === "//" ? text.indexOf("\n", at) : text.indexOf("*/", at + 2) + 2;
  const stop = end < at + 2 ? text.length : end;
  state.comments.push({ at, text: text.slice(at, stop) });
  blank(state, at, stop);
}

function readString(state: State, quote: string): void {
  const { text, at } = state;
  let end = at + 1;
  while (end < text.length && text[end] !== quote && text[end] !== "\n") end += text[end] === "\\" ? 2 : 1;
  state.strings.push({ at: at + 1, text: text.slice(at + 1, end) });
  blank(state, at + 1, end);
  state.at = end + 1;
  remember(state, `""`);
}

function readTemplate(state: State): void {
  const begin = state.at + 1;
  let said = "";
  let from = begin;
  state.at = begin;
  while (state.at < state.text.length && state.text[state.at] !== "`") {
    if (state.text.startsWith("${", state.at)) {
      said += `${state.text.slice(from, state.at)}?`;
      blank(state, from, state.at);
      state.at += 2;
      state.significant = "(";
      readCode(state, true);
      state.at += 1;
      from = state.at;
    } else state.at += state.text[state.at] === "\\" ? 2 : 1;
  }
  state.strings.push({ at: begin, text: said + state.text.slice(from, state.at) });
  blank(state, from, state.at);
  state.at += 1;
  remember(state, `""`);
}

function readPattern(state: State): void {
  const { text, at } = state;
  let end = at + 1;
  let isInClass = false;
  while (end < text.length && text[end] !== "\n" && (isInClass || text[end] !== "/")) {
    if (text[end] === "[") isInClass = true;
    if (text[end] === "]") isInClass = false;
    end += text[end] === "\\" ? 2 : 1;
  }
  blank(state, at + 1, end);
  state.at = end + 1;
  remember(state, ")");
}

/** Puts spaces for everything but line breaks, and goes on behind it. */
function blank(state: State, from: number, to: number): void {
  for (let at = from; at < to; at++) if (state.code[at] !== "\n") state.code[at] = " ";
  state.at = to;
}
