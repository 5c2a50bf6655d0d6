import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const launcher = join(import.meta.dirname, "run.js");

/** Runs the launcher as a Node of that version would, in a checkout of its own. */
function runAs(version: string, hasBrought: boolean) {
  const checkout = mkdtempSync(join(tmpdir(), "madang-run-"));
  try {
    mkdirSync(join(checkout, "tools"));
    mkdirSync(join(checkout, "node_modules/.bin"), { recursive: true });
    cpSync(launcher, join(checkout, "tools/run.js"));
    if (hasBrought) writeFileSync(join(checkout, "node_modules/.bin/node"), "");
    writeFileSync(join(checkout, "tools/hello.ts"), `console.log("hello", ...process.argv.slice(2)); export {};`);
    writeFileSync(join(checkout, "package.json"), `{ "type": "module" }`);
    const faked = `Object.defineProperty(process.versions, "node", { value: "${version}" });
      Object.defineProperty(process, "version", { value: "v${version}" });`;
    writeFileSync(join(checkout, "old.mjs"), faked);
    const args = ["--import", join(checkout, "old.mjs"), "tools/run.js", "tools/hello.ts", "you", "--there"];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: checkout, encoding: "utf8" });
    return { status, stdout, stderr };
  } finally {
    rmSync(checkout, { recursive: true });
  }
}

test("a Node that is new enough runs the file with its arguments", () => {
  assert.deepEqual(runAs("26.10.0", true), { status: 0, stdout: "hello you --there\n", stderr: "" });
});

test("an older Node is told which one is needed, and how it comes", () => {
  const { status, stdout, stderr } = runAs("20.20.2", true);
  assert.deepEqual([status, stdout], [1, ""]);
  assert.match(stderr, /Node 26 is needed \(this is v20\.20\.2\)\. npm ci has brought it along: begin with npm start/);
  const missing = runAs("22.1.0", false);
  assert.equal(missing.status, 1);
  assert.match(missing.stderr, /is not in node_modules: run npm ci again,\nwithout --omit=optional/);
});

test("what a newcomer starts goes through the launcher", () => {
  const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, "../package.json"), "utf8"));
  for (const name of ["start", "test", "order", "verify", "madang"])
    assert.match(scripts[name], /^([A-Z_]+=\S+ )*node (--\S+ )*tools\/run\.js /);
});
