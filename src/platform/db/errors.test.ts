import assert from "node:assert/strict";
import { test } from "node:test";
import { classify, NotConnected, outcomeUnknown } from "./errors.ts";

function failure(code: string, message = "failed"): Error {
  return Object.assign(new Error(message), code === "" ? {} : { code });
}

test("a lost connection, a deadlock, a timeout and a server that is stopping are technical", () => {
  for (const code of ["ECONNRESET", "EPIPE", "ECONNREFUSED", "57P01", "57P03", "40001", "40P01", "55P03", "57014"])
    assert.equal(classify(failure(code)), "technical", code);
  for (const code of ["53300", "08006", "XX000", "58030", "25006", "3D000"])
    assert.equal(classify(failure(code)), "technical", code);
  for (const message of ["Connection terminated unexpectedly", "Query read timeout"])
    assert.equal(classify(failure("", message)), "technical", message);
  assert.equal(classify(new NotConnected("no")), "technical");
});

test("our own version check is stale", () => assert.equal(classify(failure("MD001")), "stale"));

test("a violated constraint is constraint", () => {
  for (const code of ["23505", "23503", "23514", "23502", "23P01"]) assert.equal(classify(failure(code)), "constraint");
});

test("a bad value and a programming error come again with the same input, so both are data", () => {
  for (const code of ["22003", "22021", "22P02", "42P01", "42501", "P0001", "25P02"])
    assert.equal(classify(failure(code)), "data", code);
  assert.equal(classify(new TypeError("x is not a function")), "data");
  assert.equal(classify("a string"), "data");
});

test("the outcome is unknown only when the connection broke under a statement", () => {
  for (const code of ["ECONNRESET", "EPIPE", "57P01", "57P02", "08006"]) assert.ok(outcomeUnknown(failure(code)), code);
  assert.ok(outcomeUnknown(failure("", "Connection terminated unexpectedly")));
  for (const code of ["ECONNREFUSED", "57P03", "57014", "40001", "40P01", "23505", "53300", "25P03"])
    assert.ok(!outcomeUnknown(failure(code)), code);
  assert.ok(!outcomeUnknown(new NotConnected("no", { cause: failure("ECONNRESET") })));
  assert.ok(!outcomeUnknown(failure("", "Client was closed and is not queryable")));
});
