import type { Ledger } from "./shapes.ts";

export function won(amount: number): string {
  return `${amount.toLocaleString("ko-KR")}원`;
}

export function step(what: string, result: string): void {
  console.log(`${what.padEnd(28)} ${result}`);
}

/** The ledger of one order: each journal with what it moved, debit left, credit right. */
export function printLedger({ journals }: Ledger): void {
  console.log("\n장부 · ledger");
  for (const { step: name, label, total, postings } of journals) {
    console.log(`  ${name} ${label.ko} · ${label.en}  ${won(total)}`);
    for (const { side, account, amount, label: meaning } of postings) {
      const column =
        side === "DEBIT"
          ? `${won(amount).padStart(12)}${" ".repeat(13)}`
          : `${" ".repeat(13)}${won(amount).padStart(12)}`;
      console.log(`     ${column}  ${account}  ${meaning.ko}`);
    }
  }
}
