/** Ends the request (500 with a trace id) when an assumption of ours is broken. Never for what a client can send. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new BrokenAssumption(message);
}

/** For the last arm of a switch over a closed union: adding a member without handling it does not compile. */
export function unreachable(value: never): never {
  throw new BrokenAssumption(`not foreseen: ${JSON.stringify(value)}`);
}

export class BrokenAssumption extends Error {
  override name = "BrokenAssumption";
}
