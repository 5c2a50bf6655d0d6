import { bugs } from "./planted/bugs.ts";
import type { Figures } from "./run.ts";

/** Whether a run ended as it had to: clean, or with its bug found. */
function isAsExpected({ plant, wrong }: Figures): boolean {
  return plant === undefined ? wrong.length === 0 : (bugs[plant]?.found.test(wrong.join("\n")) ?? false);
}

function verdict(figures: Figures): string {
  if (figures.plant === undefined) return isAsExpected(figures) ? "nothing is wrong" : "SOMETHING IS WRONG";
  if (isAsExpected(figures)) return "found";
  return figures.wrong.length === 0 ? "NOT FOUND" : "FOUND OTHERWISE THAN EXPECTED";
}

/** Prints a table and one line of JSON. @returns whether every run ended as it had to. */
export function tellFigures(all: readonly Figures[]): boolean {
  const header = ["run", "kills", "seconds", "commands", "told yes", "told no", "in doubt", "of these done", "verdict"];
  const rows = all.map((one) => {
    const kills = Object.entries(one.kills).reduce((sum, [kind, count]) => (kind === "freeze" ? sum : sum + count), 0);
    const figures = [
      kills,
      one.seconds,
      one.operations,
      one.acknowledged,
      one.refused,
      one.inDoubt,
      one.inDoubtCommitted,
    ];
    return [one.plant ?? "as it is", ...figures.map(String), verdict(one)];
  });
  const widths = header.map((name, at) => Math.max(...[header, ...rows].map((row) => (row[at] ?? name).length)));
  console.log("");
  for (const row of [header, ...rows]) console.log(row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  "));
  console.log(`\n${JSON.stringify(all.map(({ wrong, ...one }) => ({ ...one, violations: wrong.length })))}`);
  return all.length > 0 && all.every(isAsExpected);
}
