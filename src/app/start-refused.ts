/** Stops a start for a reason that a person can mend, told in Korean and English. */
export class StartRefused extends Error {
  override name = "StartRefused";
}
