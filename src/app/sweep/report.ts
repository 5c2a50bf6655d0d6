import type { Failure, Report } from "./sweep.ts";

/** Names the one case to run: `food|commit order|3|lost`. */
export const onlyVariable = "MADANG_SWEEP_ONLY";

/** What a person reads of a sweep: one line of numbers, and of each failing case how to play it alone. */
export function told({ points, cases, struck, uncovered, seconds }: Report): string {
  const numbers = `${points} points, ${cases} cases, ${struck} struck in ${seconds.toFixed(0)} s`;
  return `${numbers}; ${uncovered.length} boundaries never broken`;
}

const COMPLAINTS_SHOWN = 8;

export function toldOf({ name, wrong, complaints }: Failure): string {
  const replay = `${onlyVariable}='${name}' node tools/test.ts --sweep faults`;
  const heard = complaints.slice(0, COMPLAINTS_SHOWN).map((line) => `  log: ${line.slice(0, 300)}`);
  return [`✖ ${name}`, ...wrong.map((line) => `  ${line.slice(0, 600)}`), ...heard, `  alone: ${replay}`].join("\n");
}
