import assert from "node:assert/strict";
import { test } from "node:test";
import { scan } from "./scan.ts";

const codeOf = (text: string) => scan(text).code.replaceAll(/\s+/g, " ").trim();
const stringsOf = (text: string) => scan(text).strings.map((piece) => piece.text);

test("strings and comments are no code, and lines stay where they are", () => {
  const text = `a("it's // no comment"); // b()\n/* c(\n) */ d();`;
  const { code, comments } = scan(text);
  assert.equal(code.length, text.length);
  assert.equal(code.split("\n").length, text.split("\n").length);
  assert.equal(codeOf(text), `a(" "); d();`);
  assert.deepEqual(
    comments.map((piece) => piece.text),
    ["// b()", "/* c(\n) */"],
  );
});

test("what stands in a template's hole is code again, however deep", () => {
  const text = "const t = `a @{f({ b: `c @{d()} e` })} g`; h();".replaceAll("@", "$");
  assert.match(codeOf(text), /f\(\{ b: .*d\(\).*\}\).*h\(\);/);
  assert.deepEqual(stringsOf(text), ["c ? e", "a ? g"]);
});

test("a slash divides after a value and begins a pattern after an operator", () => {
  assert.equal(codeOf(`x = /["'}]/g.test(y);`), "x = / /g.test(y);");
  assert.equal(codeOf(`x = (a + b) / c / d; "e"`), `x = (a + b) / c / d; " "`);
  assert.equal(codeOf(`return /[/"]/.test(z);`), "return / /.test(z);");
});

test("an escaped quote does not end a string", () => {
  assert.deepEqual(stringsOf(String.raw`a("b\"c", 'd\'e')`), [String.raw`b\"c`, String.raw`d\'e`]);
});

test("letters outside of the basic plane move nothing", () => {
  const text = `const face = "😀"; f();`;
  assert.equal(scan(text).code.indexOf("f()"), text.indexOf("f()"));
});
