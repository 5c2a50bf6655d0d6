/** Deeper than any contract of ours; a deeper body is an attack on whoever walks it. */
export const MAX_DEPTH = 32;

/** What a walk over a JSON value found: the paths of what must not be taken in, and how many members there are. */
export interface Walk {
  members: number;
  tooDeep: boolean;
  badTextAt: string | undefined;
  protoAt: string | undefined;
}

/**
 * U+0000 cannot stand in PostgreSQL text, and half a surrogate pair cannot stand in UTF-8 (MECHANISMS.md §2): such a
 * string would break the batch it travels in, so it is refused here, for every name and every value.
 */
export function isBadText(text: string): boolean {
  return text.includes("\0") || !text.isWellFormed();
}

export function walkJson(value: unknown): Walk {
  const walk: Walk = { members: 0, tooDeep: false, badTextAt: undefined, protoAt: undefined };
  visit(walk, value, "", 0);
  return walk;
}

function visit(walk: Walk, node: unknown, at: string, depth: number): void {
  if (typeof node === "string") {
    if (isBadText(node)) walk.badTextAt ??= at;
  } else if (typeof node === "object" && node !== null) {
    if (depth >= MAX_DEPTH) walk.tooDeep = true;
    else if (Array.isArray(node)) visitList(walk, node, at, depth);
    else visitMembers(walk, node, at, depth);
  }
}

function visitList(walk: Walk, list: readonly unknown[], at: string, depth: number): void {
  for (let index = 0; index < list.length; index++) visit(walk, list[index], joined(at, String(index)), depth + 1);
}

function visitMembers(walk: Walk, node: object, at: string, depth: number): void {
  for (const [name, member] of Object.entries(node)) {
    walk.members++;
    if (isBadText(name)) walk.badTextAt ??= at;
    if (name === "__proto__") walk.protoAt ??= joined(at, name);
    visit(walk, member, joined(at, name), depth + 1);
  }
}

/** How many `name: value` members the text writes down: more than the parsed value has means that a name came twice. */
export function membersWritten(json: string): number {
  let members = 0;
  let at = 0;
  while (at < json.length) {
    const code = json.charCodeAt(at);
    if (code === 0x22) at = endOfString(json, at);
    else if (code === 0x3a) members++;
    at++;
  }
  return members;
}

function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length) {
    const code = json.charCodeAt(at);
    if (code === 0x22) return at;
    at += code === 0x5c ? 2 : 1;
  }
  return at;
}

function joined(at: string, name: string): string {
  return at === "" ? name : `${at}.${name}`;
}
