import { withoutPassword } from "./connect-url.ts";
import { startEmbedded } from "./embedded.ts";

// The child of embedded.db.test.ts: a process that can be killed, frozen, or run as another user.
// Usage: node testing-supervise.ts FOLDER hold|stop. Prints one line of JSON when started, or when refused.
const [folder, mode] = process.argv.slice(2);
if (folder === undefined) throw new Error("which folder?");
try {
  const server = await startEmbedded({
    folder,
    secret: () => "a-password-that-only-tests-use",
    log: () => {},
  });
  const { url, pid, port, replacedOrphan } = server;
  console.log(JSON.stringify({ url, shown: withoutPassword(url), pid, port, replacedOrphan }));
  if (mode === "stop") await server.stop();
  else setInterval(() => {}, 1_000);
} catch (error) {
  console.log(JSON.stringify({ refused: error instanceof Error ? error.name : "unknown", text: String(error) }));
  process.exitCode = 1;
}
