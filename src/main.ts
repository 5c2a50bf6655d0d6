const NODE_MAJOR_MIN = 26;

if (Number.parseInt(process.versions.node, 10) < NODE_MAJOR_MIN) {
  console.error(
    `Node ${NODE_MAJOR_MIN}이 필요합니다. npm ci가 함께 받아 두었으니 npm start로 시작해 주세요 (지금은 ${process.version}).\n` +
      `Node ${NODE_MAJOR_MIN} is needed. npm ci has brought it along: use npm start (this is ${process.version}).`,
  );
  process.exitCode = 1;
} else {
  const { runCommand } = await import("./app/commands/run.ts");
  process.exitCode = await runCommand(process.argv.slice(2), process.env);
}
