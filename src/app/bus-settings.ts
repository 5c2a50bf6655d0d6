import { choice, list, textSetting, wholeNumber } from "#platform/settings.ts";

/** Keys of the bus between processes. */
export const busSettings = {
  kafkaBrokers: list({
    ko: "프로세스 사이에서 이벤트를 나르는 Kafka (빈 값: 한 프로세스)",
    en: "Kafka that carries events between processes (empty: one process)",
    fallback: [],
  }),
  kafkaPrefix: textSetting({ ko: "토픽과 그룹 이름의 앞부분", en: "How topics and groups begin", fallback: "madang." }),
  kafkaWithin: choice({
    ko: "한 프로세스 안의 서비스끼리 듣는 길",
    en: "How services of one process hear each other: from memory, or over Kafka too",
    values: ["memory", "kafka"],
    fallback: "memory",
  }),
  kafkaReplicas: wholeNumber({
    ko: "topics 명령이 만드는 토픽의 사본 (0: 브로커 수, 3까지)",
    en: "Copies of the topics that `topics` makes (0: as many as brokers, up to 3)",
    unit: "copies",
    fallback: 0,
    maximum: 9,
  }),
  kafkaRetentionDays: wholeNumber({
    ko: "topics 명령이 만드는 토픽이 메시지를 두는 기간",
    en: "How long the topics that `topics` makes keep messages; the fact log keeps everything",
    unit: "days",
    fallback: 7,
    minimum: 1,
    maximum: 3_650,
  }),
  kafkaSessionMs: wholeNumber({
    ko: "대답 없는 소비자의 몫을 남에게 넘기기까지",
    en: "Until the share of a silent consumer goes to others",
    unit: "ms",
    fallback: 10_000,
    minimum: 6_000,
    maximum: 300_000,
  }),
  relayLeaseMs: wholeNumber({
    ko: "서비스의 사실을 Kafka에 옮기는 자리를 쥐고 있는 시간",
    en: "How long the one process that publishes a service's facts holds that place",
    unit: "ms",
    fallback: 5_000,
    minimum: 500,
    maximum: 60_000,
  }),
};
