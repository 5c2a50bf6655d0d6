// Loaded into each process of a test file. `node:test` limits a test, but neither a hook nor what a failed test has left
// running: such a file would never end, and with it the whole run.
const minutes = Number(process.env.MADANG_TEST_FILE_MINUTES);

setTimeout(() => {
  const left = [...new Set(process.getActiveResourcesInfo())].join(", ");
  process.stderr.write(`${process.argv[1]} did not end within ${minutes} min. Still there: ${left}\n`);
  process.exit(1);
}, minutes * 60_000).unref();
