/** What has been started, each with how it ends, in order of its start. */
export type Stops = (() => Promise<void>)[];

/**
 * Ends everything in reverse, what is left too when one of them fails. @throws the first failure, at the end.
 */
export async function endAll(stops: Stops): Promise<void> {
  const failures: unknown[] = [];
  for (const end of stops.splice(0).reverse()) {
    try {
      await end();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
