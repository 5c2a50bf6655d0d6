import assert from "node:assert/strict";
import { test } from "node:test";
import { readWatchFlags } from "./flags.ts";

test("what is followed is taken out of the flags, and the settings are left", () => {
  const flags = ["--store=마당분식", "--port=3001", "--kitchen", "--account", "a@madang.test", "--log-level=debug"];
  assert.deepEqual(readWatchFlags(flags), {
    store: "마당분식",
    account: "a@madang.test",
    kitchen: true,
    settings: ["--port=3001", "--log-level=debug"],
  });
  assert.deepEqual(readWatchFlags([]), { kitchen: false, settings: [] });
});
