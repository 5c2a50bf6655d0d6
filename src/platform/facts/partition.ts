/** How many partitions every stream of events has, in process as on Kafka. Changing it needs a drain. */
export const PARTITIONS = 8;

/**
 * The partition of a key: FNV-1a, the same on every bus, so that switching the bus neither skips nor repeats an effect.
 */
export function partitionOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % PARTITIONS;
}
