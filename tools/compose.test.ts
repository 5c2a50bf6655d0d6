import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { platformSettings } from "#app/platform-settings.ts";
import { KAFKA_VERSION } from "#platform/testing/kafka/install.ts";
import { propertiesOf } from "#platform/testing/kafka/properties.ts";

// No engine runs where the tests run: what they can hold to is held to, the rest was read in the images' own papers.
interface Compose {
  readonly services: Readonly<Record<string, Container>>;
  readonly volumes: Readonly<Record<string, null>>;
}
interface Container {
  readonly image: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck: { readonly test: readonly string[] };
}

const root = join(import.meta.dirname, "..");
const text = readFileSync(join(root, "compose.yaml"), "utf8");
const { services, volumes } = parse(text) as Compose;

test("each server of the compose file has an image with a version, a port on loopback and a look at its health", () => {
  assert.deepEqual(Object.keys(services).sort(), ["kafka", "postgres", "redis"]);
  for (const [name, { image, ports, healthcheck }] of Object.entries(services)) {
    assert.match(image, /^([a-z]+\/)?[a-z]+:\d+(\.\d+)+$/, name);
    for (const port of ports) assert.match(port, /^127\.0\.0\.1:(\d+):\1$/, name);
    assert.equal(healthcheck.test[0], "CMD", name);
  }
  const used = Object.values(services).flatMap((one) => (one.volumes ?? []).map((volume) => volume.split(":")[0]));
  assert.deepEqual(used.sort(), Object.keys(volumes).sort());
});

test("its Kafka is the one that the tests run, with the same settings", () => {
  const { image, environment = {} } = services.kafka as Container;
  assert.equal(image, `apache/kafka:${KAFKA_VERSION}`);
  const place = { id: 1, port: 9092, controllerPort: 9093, folder: "/var/lib/kafka" };
  const tested = new Map(
    propertiesOf(place, [place])
      .trim()
      .split("\n")
      .map((line) => line.split("=") as [string, string])
      .map(([key, value]) => [`KAFKA_${key.toUpperCase().replaceAll(".", "_")}`, value]),
  );
  // In a container the broker listens to all of its own network; the port outside is on loopback.
  tested.set("KAFKA_LISTENERS", "PLAINTEXT://0.0.0.0:9092,CONTROLLER://127.0.0.1:9093");
  assert.deepEqual(environment, Object.fromEntries(tested));
});

test("what it tells people to set are keys of ours, with its own addresses", () => {
  const line = /export (.*)/.exec(text)?.[1] ?? "";
  const told = new Map([...line.matchAll(/([A-Z_]+)=(\S+)/g)].map(([, name = "", value = ""]) => [name, value]));
  assert.deepEqual([...told.keys()].sort(), ["DATABASE_URL", "KAFKA_BROKERS", "REDIS_URL"]);
  const ours = new Set(Object.keys(platformSettings).map((name) => name.replace(/[A-Z]/g, "_$&").toUpperCase()));
  for (const name of told.keys()) assert.ok(ours.has(name), name);
  const { POSTGRES_PASSWORD, POSTGRES_DB } = (services.postgres as Container).environment ?? {};
  const database = new URL(told.get("DATABASE_URL") ?? "");
  assert.deepEqual([database.password, database.pathname], [POSTGRES_PASSWORD, `/${POSTGRES_DB}`]);
});
