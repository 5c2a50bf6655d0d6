import { readFileSync } from "node:fs";
import { editDistance, nearest } from "./nearest.ts";

export type Source = "default" | "file" | "env" | "flag";
/** A value as text, and where it stood. */
export interface Given {
  readonly text: string;
  readonly source: Source;
}

export interface Layers {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly args: readonly string[];
  /** Every key that exists. */
  readonly known: readonly string[];
  /** `ORDER_`: a key of the environment that begins so is meant for us, and must be known. */
  readonly prefixes: readonly string[];
}

/** Names the file of the lowest layer; itself it stands in the environment or among the flags. */
export const fileKey = "MADANG_CONFIG";

// Kubernetes writes ORDER_SERVICE_HOST, ORDER_PORT, ORDER_PORT_80_TCP_ADDR … into every pod beside a service "order".
const writtenByKubernetes = /_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_\d+_(TCP|UDP)(_[A-Z]+)?)?)$/;
// So many letters may be wrong in a name of at least so many. A stranger's variable of up to 5 letters is too often
// only one letter away from HOST or PORT; a long one is near a key of ours by mistake only, be it the service's name.
const typos = [
  { length: 20, letters: 3 },
  { length: 12, letters: 2 },
  { length: 6, letters: 1 },
];

/** What was given for each key, file < environment < flags, and in words all that is not understood. */
export function readLayers(layers: Layers): { given: ReadonlyMap<string, Given>; problems: readonly string[] } {
  const problems: string[] = [];
  const flags = readFlags(layers, problems);
  const env = readEnvironment(layers, problems);
  const path = (flags.get(fileKey) ?? env.get(fileKey))?.text;
  const file = path === undefined ? new Map<string, Given>() : readFile(path, layers, problems);
  const given = new Map([...file, ...env, ...flags]);
  given.delete(fileKey);
  return { given, problems };
}

/** `bodyLimitBytes` → `BODY_LIMIT_BYTES`. */
export function environmentName(camelCase: string): string {
  return camelCase.replaceAll(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** `BODY_LIMIT_BYTES` → `--body-limit-bytes`. */
export function flagName(key: string): string {
  return key === fileKey ? "--config" : `--${key.toLowerCase().replaceAll("_", "-")}`;
}

export function unknown(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === undefined
    ? `${name}: 모르는 이름입니다. / ${name} is not known.`
    : `${name}: 모르는 이름입니다. 가장 가까운 것은 ${near} 입니다. / ${name} is not known; the nearest is ${near}.`;
}

function readFlags({ args, known }: Layers, problems: string[]): Map<string, Given> {
  const keys = new Map([...known, fileKey].map((key) => [flagName(key), key]));
  const given = new Map<string, Given>();
  for (const arg of args) {
    const [name, ...rest] = arg.split("=");
    const key = keys.get(name!);
    if (key === undefined) problems.push(unknown(name!, [...keys.keys()]));
    else if (rest.length === 0) problems.push(`${name}: 값이 없습니다. ${name}=… / ${name} needs a value: ${name}=…`);
    else if (given.has(key)) problems.push(`${name}: 두 번 적혔습니다. / ${name} is given twice.`);
    else given.set(key, { text: rest.join("="), source: "flag" });
  }
  return given;
}

function readEnvironment({ env, known, prefixes }: Layers, problems: string[]): Map<string, Given> {
  const keys = new Set([...known, fileKey]);
  const given = new Map<string, Given>();
  for (const [name, text] of Object.entries(env)) {
    if (text === undefined) continue;
    if (keys.has(name)) given.set(name, { text, source: "env" });
    else if (isMeantForUs(name, prefixes, known)) problems.push(unknown(name, [...keys]));
  }
  return given;
}

function isMeantForUs(name: string, prefixes: readonly string[], known: readonly string[]): boolean {
  if (writtenByKubernetes.test(name)) return false;
  if (prefixes.some((prefix) => name.startsWith(prefix))) return true;
  const most = typos.find(({ length }) => name.length >= length)?.letters ?? 0;
  return known.some((key) => editDistance(name, key) <= most);
}

function readFile(path: string, { known }: Layers, problems: string[]): Map<string, Given> {
  const given = new Map<string, Given>();
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    problems.push(`${path}: 읽을 수 없습니다. / cannot be read: ${error instanceof Error ? error.message : error}`);
    return given;
  }
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    problems.push(`${path}: { "PORT": 3000, … } 꼴이어야 합니다. / must look like { "PORT": 3000, … }.`);
    return given;
  }
  for (const [name, value] of Object.entries(content)) {
    if (!known.includes(name)) problems.push(`${path}: ${unknown(name, known)}`);
    else if (!["string", "number", "boolean"].includes(typeof value)) {
      problems.push(`${path}: ${name}: 글, 수, true/false만 됩니다. / only a text, a number, true or false.`);
    } else given.set(name, { text: String(value), source: "file" });
  }
  return given;
}
