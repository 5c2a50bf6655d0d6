/** A place where the world may break: a commit, a call to another service or a gateway, an event's delivery. */
export interface Point {
  readonly kind: "commit" | "call" | "gateway" | "deliver" | "work";
  /**
   * `order`, `order>stock.reserveStock`, `toss.confirm`, `payment>order:payment.approved.v1`, `order:reserve-holds`.
   */
  readonly name: string;
}

/** Everything that crosses a boundary runs through this; tests order faults here, production passes through. */
export type Boundary = <Result>(point: Point, run: () => Promise<Result>) => Promise<Result>;

export const openBoundary: Boundary = (_point, run) => run();
