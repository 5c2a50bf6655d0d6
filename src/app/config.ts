import type { AnyService } from "#platform/service.ts";
import { list, type Setting, type Settings, type SettingsOf, textSetting } from "#platform/settings.ts";
import { environmentName, type Given, readLayers, type Source, unknown } from "./config-layers.ts";
import { platformSettings } from "./platform-settings.ts";

/** What stands in SERVICES for the process that has none. */
const EDGE = "edge";

/** Every choice of a run, read once and typed. Nothing else reads the environment (tools/tidy.test.ts proves it). */
export interface Config {
  /** The house's own keys. */
  readonly platform: SettingsOf<typeof platformSettings>;
  /** The services that run in this process: SERVICES of those that exist; none at an edge. */
  readonly services: readonly AnyService[];
  /** SERVICES=edge: this process has no service of its own and is the way in to those of others. */
  readonly isEdge: boolean;
  /** The settings of one service, typed by its own table. @throws Error for an unknown service. */
  of<Spec extends Settings>(service: { readonly name: string; readonly settings: Spec }): SettingsOf<Spec>;
  /** DATABASE_URL_<SERVICE>, else DATABASE_URL; empty: the embedded server. */
  databaseUrlOf(serviceName: string): string;
  /** SERVICE_URL_<SERVICE>: where the processes of a service that does not run here are called; empty: nowhere. */
  serviceUrlsOf(serviceName: string): readonly string[];
  readonly entries: readonly Entry[];
}

/** One key with what holds and why: a line of `printConfig`. */
export interface Entry {
  readonly key: string;
  readonly setting: Setting;
  readonly value: unknown;
  readonly source: Source;
}

export interface ConfigInput {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly args?: readonly string[];
  /** Every service that exists, run or not: their keys are known. */
  readonly services: readonly AnyService[];
}

/** Stops the start: all that is wrong with the configuration, at once. */
export class ConfigError extends Error {
  override name = "ConfigError";
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`설정이 잘못되었습니다. / The configuration is wrong.\n${problems.map((line) => `  - ${line}`).join("\n")}`);
    this.problems = problems;
  }
}

interface Key {
  readonly key: string;
  readonly setting: Setting;
  /** Absent: of the house itself. */
  readonly service?: string;
}

/**
 * Reads every key from its layers: default < file (--config, MADANG_CONFIG) < environment < flag (`--port=3001`).
 * @throws ConfigError that names every unknown key with the nearest known one, every missing and every unfit value.
 */
export function readConfig({ env = process.env, args = [], services }: ConfigInput): Config {
  const keys = allKeys(services);
  const { given, problems } = readLayers({
    env,
    args,
    known: keys.map(({ key }) => key),
    prefixes: ["MADANG_", "DATABASE_URL_", "SERVICE_URL_", ...services.map(({ name }) => `${environmentName(name)}_`)],
  });
  const found: string[] = [...problems];
  const chosen = chosenServices(given.get("SERVICES"), services, found);
  const required = new Set(chosen.map(({ name }) => name));
  const entries = keys.map((key) => readEntry(key, given, required, found));
  if (found.length > 0) throw new ConfigError(found);
  return makeConfig(withDefaults(entries, chosen.length === 0), chosen, services);
}

/** The table that a start prints: key, value, unit and source, secrets hidden. */
export function printConfig(config: Pick<Config, "entries">): string {
  const rows = config.entries.map(({ key, setting, value, source }) => [
    key,
    shown(setting, value),
    setting.unit,
    source,
  ]);
  const table = [["KEY", "VALUE", "UNIT", "SOURCE"], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column]!.length)));
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function shown(setting: Setting, value: unknown): string {
  if (value === undefined || value === "" || (Array.isArray(value) && value.length === 0)) return "-";
  return setting.secret ? "•••" : String(value);
}

function allKeys(services: readonly AnyService[]): Key[] {
  const own = (prefix: string, settings: Settings, service?: string): Key[] =>
    Object.entries(settings).map(([name, setting]) => ({
      key: `${prefix}${environmentName(name)}`,
      setting,
      ...(service === undefined ? {} : { service }),
    }));
  return [
    ...own("", platformSettings),
    ...services.flatMap(({ name, settings }) => own(`${environmentName(name)}_`, settings, name)),
    ...services.flatMap(({ name }) => placesOf(name)),
  ];
}

/** One service may have a server of its own, or run in another process (ARCHITECTURE.md, data law and talk law). */
function placesOf(name: string): Key[] {
  const place = (ko: string, en: string) => textSetting({ ko, en, fallback: "", secret: true });
  return [
    { key: databaseKey(name), setting: place(`${name}만의 PostgreSQL`, `A PostgreSQL of ${name}'s own`) },
    { key: serviceKey(name), setting: addresses(name) },
  ];
}

function addresses(name: string): Setting<readonly string[]> {
  return list({
    ko: `다른 곳에서 도는 ${name}의 주소들`,
    en: `Where ${name} runs when not here: one address for each process`,
    fallback: [],
    secret: true,
    each: (text) => {
      const { protocol, origin } = new URL(text);
      if (protocol !== "http:" && protocol !== "https:") throw new Error("an http address is needed");
      return origin;
    },
  });
}

const databaseKey = (name: string) => `DATABASE_URL_${environmentName(name)}`;
const serviceKey = (name: string) => `SERVICE_URL_${environmentName(name)}`;

function chosenServices(given: Given | undefined, services: readonly AnyService[], problems: string[]) {
  const names = given ? platformSettings.services.parse(given.text) : [];
  if (names.includes(EDGE)) {
    if (names.length > 1) problems.push("SERVICES: edge는 혼자 돕니다. / edge runs alone.");
    return [];
  }
  const known = [...services.map(({ name }) => name), EDGE];
  for (const name of names) if (!known.includes(name)) problems.push(`SERVICES: ${unknown(name, known)}`);
  return names.length === 0 ? services : services.filter(({ name }) => names.includes(name));
}

function readEntry(
  { key, setting, service }: Key,
  given: ReadonlyMap<string, Given>,
  required: ReadonlySet<string>,
  problems: string[],
): Entry {
  const found = given.get(key);
  if (found === undefined) {
    const isNeeded = service === undefined || required.has(service);
    if (setting.fallback === undefined && isNeeded) {
      problems.push(`${key}: 꼭 있어야 합니다 (${setting.ko}). / ${key} is needed: ${setting.en}.`);
    }
    return { key, setting, value: setting.fallback, source: "default" };
  }
  try {
    return { key, setting, value: setting.parse(found.text), source: found.source };
  } catch (error) {
    // The reason repeats the value, so that of a secret is not printed.
    const reason = setting.secret || !(error instanceof Error) ? "the value does not fit" : error.message;
    problems.push(`${key}: 값이 맞지 않습니다 (${setting.ko}). / ${reason} (${setting.en}).`);
    return { key, setting, value: undefined, source: found.source };
  }
}

/** Longer than those who send requests here need to notice: they look every 400 ms (platform/http/addresses.ts). */
const DRAIN_NOTICE_MS = 1_200;

/**
 * Demo data and fake gateways belong to the embedded database; on a server of one's own they must be asked for. Where
 * processes call each other, one that stops tells the others first; alone it does not keep a person waiting.
 */
function withDefaults(entries: readonly Entry[], isEdge: boolean): readonly Entry[] {
  const isEmpty = (name: string) => entries.find(({ key }) => key === name)?.value === "";
  const values: Readonly<Record<string, unknown>> = {
    DEMO: isEmpty("DATABASE_URL") && !isEdge,
    DRAIN_NOTICE_MS: isEmpty("SERVICE_SECRET") ? 0 : DRAIN_NOTICE_MS,
  };
  return entries.map((entry) =>
    entry.source === "default" && Object.hasOwn(values, entry.key) ? { ...entry, value: values[entry.key] } : entry,
  );
}

function makeConfig(entries: readonly Entry[], chosen: readonly AnyService[], services: readonly AnyService[]): Config {
  const values = new Map(entries.map(({ key, value }) => [key, value]));
  const tree = <Spec extends Settings>(prefix: string, spec: Spec) =>
    Object.fromEntries(
      Object.keys(spec).map((name) => [name, values.get(`${prefix}${environmentName(name)}`)]),
    ) as SettingsOf<Spec>;
  const platform = tree("", platformSettings);
  return {
    platform,
    services: chosen,
    isEdge: chosen.length === 0,
    entries,
    of(service) {
      if (!services.some(({ name }) => name === service.name))
        throw new Error(`configuration knows no ${service.name}`);
      return tree(`${environmentName(service.name)}_`, service.settings);
    },
    databaseUrlOf: (name) => String(values.get(databaseKey(name)) || platform.databaseUrl),
    serviceUrlsOf: (name) => (values.get(serviceKey(name)) ?? []) as readonly string[],
  };
}
