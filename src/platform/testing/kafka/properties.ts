/** Where one broker listens and keeps its data. Ports of 127.0.0.1. */
export interface BrokerPlace {
  readonly id: number;
  readonly port: number;
  readonly controllerPort: number;
  readonly folder: string;
}

/** The settings of one broker of a small cluster on loopback (KRaft, broker and controller in one). */
export function propertiesOf(broker: BrokerPlace, all: readonly BrokerPlace[]): string {
  const copies = Math.min(3, all.length);
  const inSync = copies > 1 ? 2 : 1;
  const voters = all.map(({ id, controllerPort }) => `${id}@127.0.0.1:${controllerPort}`).join(",");
  const settings: Record<string, string | number | boolean> = {
    "process.roles": "broker,controller",
    "node.id": broker.id,
    "controller.quorum.voters": voters,
    "controller.listener.names": "CONTROLLER",
    listeners: `PLAINTEXT://127.0.0.1:${broker.port},CONTROLLER://127.0.0.1:${broker.controllerPort}`,
    "advertised.listeners": `PLAINTEXT://127.0.0.1:${broker.port}`,
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "log.dirs": `${broker.folder}/data`,
    "auto.create.topics.enable": false,
    "group.initial.rebalance.delay.ms": 0,
    "min.insync.replicas": inSync,
    "offsets.topic.num.partitions": 8,
    "offsets.topic.replication.factor": copies,
    "transaction.state.log.replication.factor": copies,
    "transaction.state.log.min.isr": inSync,
    "share.coordinator.state.topic.replication.factor": copies,
    "share.coordinator.state.topic.min.isr": inSync,
    // A killed broker is noticed soon.
    "broker.session.timeout.ms": 6_000,
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
}
