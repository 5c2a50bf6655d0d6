// Plain JavaScript: an older Node cannot load our .ts files, and what it says about that helps nobody.
import { existsSync } from "node:fs";
import * as modules from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const NODE_MAJOR_MIN = 26;
const [node, , file, ...rest] = process.argv;

if (Number.parseInt(process.versions.node, 10) >= NODE_MAJOR_MIN) {
  // Kept beside the packages and not in the machine's common folder, where somebody else could have put it before us.
  // Begun before the first .ts file: with all of them in it, Node need not load what takes their types away (20 MB).
  modules.enableCompileCache(resolve(import.meta.dirname, "../node_modules/.cache/node"));
  process.argv = [node, resolve(file), ...rest];
  await import(pathToFileURL(resolve(file)).href);
} else {
  const brought = resolve(import.meta.dirname ?? "tools", "../node_modules/.bin/node");
  const { platform, arch, version } = process;
  console.error(
    existsSync(brought)
      ? `Node ${NODE_MAJOR_MIN}이 필요합니다 (지금은 ${version}). npm ci가 받아 둔 것을 쓰도록 npm start, npm test로 시작해 주세요.\n` +
          `Node ${NODE_MAJOR_MIN} is needed (this is ${version}). npm ci has brought it along: begin with npm start or npm test.`
      : `Node ${NODE_MAJOR_MIN}이 필요합니다 (지금은 ${version}). 함께 오는 것이 node_modules에 없습니다: --omit=optional 없이 npm ci를 다시 해 주세요.\n` +
          `${platform}-${arch}용이 없으면 Node ${NODE_MAJOR_MIN}을 직접 설치해 주세요.\n` +
          `Node ${NODE_MAJOR_MIN} is needed (this is ${version}). The one that comes along is not in node_modules: run npm ci again,\n` +
          `without --omit=optional. If there is none for ${platform}-${arch}, install Node ${NODE_MAJOR_MIN} yourself.`,
  );
  process.exitCode = 1;
}
