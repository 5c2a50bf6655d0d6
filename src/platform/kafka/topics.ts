import { Admin, ConfigResourceTypes } from "@platformatic/kafka";
import { PARTITIONS } from "#platform/facts/partition.ts";
import { clientOptions, type KafkaPlace, topicOf } from "./client.ts";

/** How topics are to be. `replicas` 0: as many as there are brokers, up to three. */
export interface TopicPlan {
  readonly replicas: number;
  readonly retentionDays: number;
}

/** A topic as it is: what differs from the plan, in words. */
export interface TopicState {
  readonly topic: string;
  readonly exists: boolean;
  readonly differs: readonly string[];
}

export interface Topics {
  /** What is there, and how it differs from the plan. */
  check(services: readonly string[], plan: TopicPlan): Promise<TopicState[]>;
  /** Makes those that are missing. @returns their names. */
  make(services: readonly string[], plan: TopicPlan): Promise<string[]>;
  close(): Promise<void>;
}

const DAY_MS = 86_400_000;
const COPIES_MAX = 3;

export function openTopics(place: KafkaPlace): Topics {
  const admin = new Admin(clientOptions(place, "topics"));

  async function planned({ replicas, retentionDays }: TopicPlan) {
    const { brokers } = await admin.metadata({ topics: [], forceUpdate: true });
    const copies = replicas === 0 ? Math.min(COPIES_MAX, brokers.size) : replicas;
    const configs = {
      "retention.ms": `${retentionDays * DAY_MS}`,
      "cleanup.policy": "delete",
      "min.insync.replicas": `${copies > 1 ? copies - 1 : 1}`,
    };
    return { copies, configs };
  }

  return {
    async check(services, plan) {
      const { copies, configs } = await planned(plan);
      const existing = new Set(await admin.listTopics());
      const names = services.map((service) => topicOf(place, service));
      const there = names.filter((name) => existing.has(name));
      const { topics } = await admin.metadata({ topics: there, forceUpdate: true });
      const found = await configsOf(admin, there, Object.keys(configs));
      return names.map((topic) => {
        const partitions = topics.get(topic)?.partitions ?? [];
        const differs = existing.has(topic)
          ? [
              difference("partitions", PARTITIONS, partitions.length),
              difference("replicas", copies, partitions[0]?.replicas.length ?? 0),
              ...Object.entries(configs).map(([key, value]) =>
                difference(key, value, found.get(topic)?.get(key) ?? ""),
              ),
            ].flat()
          : [];
        return { topic, exists: existing.has(topic), differs };
      });
    },
    async make(services, plan) {
      const { copies, configs } = await planned(plan);
      const existing = new Set(await admin.listTopics());
      const missing = services.map((service) => topicOf(place, service)).filter((topic) => !existing.has(topic));
      if (missing.length === 0) return [];
      await admin.createTopics({
        topics: missing,
        partitions: PARTITIONS,
        replicas: copies,
        configs: Object.entries(configs).map(([name, value]) => ({ name, value })),
      });
      return missing;
    },
    close: () => admin.close(),
  };
}

function difference(name: string, wanted: string | number, found: string | number): string[] {
  return `${wanted}` === `${found}` ? [] : [`${name}: ${found}, not ${wanted}`];
}

async function configsOf(admin: Admin, topics: readonly string[], configurationKeys: string[]) {
  if (topics.length === 0) return new Map<string, Map<string, string>>();
  const resources = topics.map((resourceName) => ({
    resourceType: ConfigResourceTypes.TOPIC,
    resourceName,
    configurationKeys,
  }));
  const described = await admin.describeConfigs({ resources });
  return new Map(
    described.map(({ resourceName, configs }) => [
      resourceName,
      new Map(configs.map(({ name, value }) => [name, value ?? ""])),
    ]),
  );
}
