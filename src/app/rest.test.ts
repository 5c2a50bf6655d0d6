import assert from "node:assert/strict";
import { test } from "node:test";
import { makeLook } from "./rest.ts";

const [REST, WORK] = [100_000, 2_000_000];
const TEN_MINUTES = 120;

function house() {
  const seen = { cpuMicros: WORK, heapBytes: 150_000_000 };
  let collected = 0;
  const look = makeLook(
    () => seen,
    () => {
      collected += 1;
      seen.heapBytes = 80_000_000;
    },
  );
  return {
    seen,
    /** Looks so many times and tells how often memory was given back by then. */
    look(times: number, cpuMicros: number) {
      seen.cpuMicros = cpuMicros;
      for (let n = 0; n < times; n++) look();
      return collected;
    },
  };
}

test("what the start took is given back as soon as nobody is here, and then whenever it is worth it", () => {
  const { seen, look } = house();
  assert.equal(look(1, WORK), 0);
  assert.equal(look(1, REST), 1);
  assert.equal(look(10, REST), 1);
  seen.heapBytes += 7_000_000;
  assert.equal(look(2, REST), 2);
});

test("what a crowd took is kept for the next one, and given back when none came for ten minutes", () => {
  const { seen, look } = house();
  look(3, WORK);
  look(5, REST);
  seen.heapBytes = 400_000_000;
  look(3, WORK);
  assert.equal(look(TEN_MINUTES - 1, REST), 1);
  look(1, WORK);
  assert.equal(look(TEN_MINUTES - 1, REST), 1);
  assert.equal(look(1, REST), 2);
  assert.equal(look(TEN_MINUTES, REST), 2);
});

test("a crowd that comes with the start is a crowd", () => {
  const { look } = house();
  assert.equal(look(4, WORK), 0);
  assert.equal(look(TEN_MINUTES - 1, REST), 0);
  assert.equal(look(1, REST), 1);
});
