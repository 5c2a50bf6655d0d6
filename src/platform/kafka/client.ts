/** Where the brokers are, and what our topics and groups are called. */
export interface KafkaPlace {
  readonly brokers: readonly string[];
  /** `madang.`: the topic of order is then `madang.order`. */
  readonly prefix: string;
}

/** Settings of every client. Its own retries are few and short: whoever uses it decides what happens next. */
export function clientOptions({ brokers }: KafkaPlace, clientId: string) {
  return {
    clientId: `madang-${clientId}`,
    bootstrapBrokers: [...brokers],
    connectTimeout: 3_000,
    timeout: 8_000,
    retries: 2,
    retryDelay: 200,
  };
}

/** One topic for each service (P1). */
export function topicOf({ prefix }: Pick<KafkaPlace, "prefix">, service: string): string {
  return `${prefix}${service}`;
}
