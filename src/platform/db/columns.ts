/**
 * Columns of rows as PostgreSQL's binary arrays: what `unnest` takes apart without reading text. A buffer among the
 * values of a statement travels as it is (pg), so the server only copies; as JSON the same rows cost it three times as
 * much (docs/why/034).
 */

const TEXT = 25;
const BIGINT = 20;
const HEADER = 20;
const NONE = -1;
/** The most bytes of UTF-8 that one unit of a JavaScript string can take. */
const BYTES_PER_UNIT = 3;

let scratch = Buffer.allocUnsafeSlow(1 << 16);

function room(used: number, more: number): void {
  if (used + more <= scratch.length) return;
  const larger = Buffer.allocUnsafeSlow(Math.max(2 * scratch.length, used + more));
  scratch.copy(larger, 0, 0, used);
  scratch = larger;
}

/** `text[]`; null where an element is null. */
export function textColumn(values: readonly (string | null)[]): Buffer {
  let at = writeHeader(TEXT, values.length);
  for (const value of values) {
    room(at, 4 + (value?.length ?? 0) * BYTES_PER_UNIT);
    const size = value === null ? NONE : scratch.write(value, at + 4, "utf8");
    scratch.writeInt32BE(size, at);
    at += 4 + Math.max(0, size);
  }
  return Buffer.from(scratch.subarray(0, at));
}

/** `bigint[]` of safe whole numbers. */
export function bigintColumn(values: readonly number[]): Buffer {
  room(0, HEADER + 12 * values.length);
  let at = writeHeader(BIGINT, values.length);
  for (const value of values) {
    scratch.writeInt32BE(8, at);
    scratch.writeInt32BE(Math.floor(value / 2 ** 32), at + 4);
    scratch.writeUInt32BE(value >>> 0, at + 8);
    at += 12;
  }
  return Buffer.from(scratch.subarray(0, at));
}

/**
 * One dimension (none without elements), perhaps with nulls, elements of one type, counted from 1.
 * @returns where the first element begins.
 */
function writeHeader(type: number, count: number): number {
  const words = count > 0 ? [1, 1, type, count, 1] : [0, 0, type];
  for (const [n, word] of words.entries()) scratch.writeInt32BE(word, 4 * n);
  return 4 * words.length;
}
