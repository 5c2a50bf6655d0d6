import { once } from "node:events";
import { createServer } from "node:net";
import type { Config } from "./config.ts";
import { StartRefused } from "./start-refused.ts";

/** Opens the door where the configuration says. @throws StartRefused when the port cannot be had. */
export async function listen(
  server: { listen(at: { host: string; port: number }): Promise<string> },
  { platform }: Config,
) {
  try {
    return await server.listen({ host: platform.host, port: platform.port });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "EADDRINUSE" && code !== "EACCES") throw error;
    const [ko, en] =
      code === "EADDRINUSE" ? ["이미 쓰이고 있습니다", "is in use"] : ["쓸 수 없습니다", "may not be used"];
    throw new StartRefused(
      `포트 ${platform.port}은(는) ${ko}. PORT=3001처럼 다른 포트를 정해 주세요.\n` +
        `Port ${platform.port} ${en}. Choose another one, as with PORT=3001.`,
    );
  }
}

/** Says at the beginning of a start what `listen` would say at its end. @throws StartRefused when the port is held. */
export async function refuseTakenPort(config: Config): Promise<void> {
  const server = createServer();
  const bind = async (at: { host: string; port: number }) => {
    server.listen({ ...at, exclusive: true });
    await once(server, "listening");
    return "";
  };
  await listen({ listen: bind }, config);
  server.close();
  await once(server, "close");
}
