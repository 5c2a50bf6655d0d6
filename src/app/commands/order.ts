export async function orderCommand(): Promise<number> {
  return 0;
}
