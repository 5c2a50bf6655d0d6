import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { goodHouse, houseRules } from "./tidy/contracts.ts";
import { documentRules } from "./tidy/documents.ts";
import { loadHouse } from "./tidy/house.ts";
import { importRules } from "./tidy/imports.ts";
import { outsideWorldRules } from "./tidy/outside-world.ts";
import { packageRules, plantedPackage } from "./tidy/packages.ts";
import { type Rule, readRepository, type SourceFile } from "./tidy/repo.ts";
import { sizeRules } from "./tidy/sizes.ts";
import { sqlRules } from "./tidy/sql.ts";
import { wordRules } from "./tidy/words.ts";

// The style of the house as a test of its source text (STYLE.md §1, ARCHITECTURE.md "Rules that never bend").

const files = readRepository();
const topics: Readonly<Record<string, readonly Rule[]>> = {
  "import law": importRules,
  sizes: sizeRules,
  "the outside world": outsideWorldRules,
  words: wordRules,
  "data law": sqlRules,
  packages: packageRules,
  documents: documentRules,
};

function isClean(found: readonly string[]): void {
  assert.equal(found.length, 0, `${found.length} offences:\n${found.join("\n")}`);
}

/** A repository that has nothing but this text, and what package.json must say for it. */
function repositoryOf(file: SourceFile): readonly SourceFile[] {
  return file.path === plantedPackage.path ? [file] : [file, plantedPackage];
}

for (const [topic, rules] of Object.entries(topics)) {
  describe(topic, () => {
    for (const { says, find, planted, allowed = [] } of rules) {
      test(says, () => isClean(find(files)));

      test(`${says} — and a planted offence is found`, () => {
        assert.ok(planted.length > 0, "a rule that was never seen to fail is none");
        for (const file of planted) assert.equal(find(repositoryOf(file)).length > 0, true, `not found: ${file.text}`);
        for (const file of allowed) isClean(find(repositoryOf(file)));
      });
    }
  });
}

describe("contracts", async () => {
  const house = await loadHouse();

  test("there are operations, events and services to look at", () => {
    assert.ok(house.operations.length > 0 && house.events.length > 0 && house.services.length > 0);
  });

  for (const { says, find, planted } of houseRules) {
    test(says, () => isClean(find(house)));

    test(`${says} — and a planted offence is found`, () => {
      isClean(find(goodHouse));
      for (const change of planted) assert.ok(find(change(goodHouse)).length > 0, change.toString());
    });
  }
});
