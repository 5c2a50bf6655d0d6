import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { makeLayout } from "./brokers.ts";

test("a cluster may have any id, also one that looks like an option", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "madang-kafka-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await makeLayout(folder, 1, "-WFdH2GrO_vdqAB-4pF2lA");
});
