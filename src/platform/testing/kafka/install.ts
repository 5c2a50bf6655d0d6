import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The newest broker that the client names as supported. */
export const KAFKA_VERSION = "4.2.0";
const OLDEST_JAVA = 17;
const MAVEN_MS = 300_000;

/** A program that this machine lacks, or that is too old: a person can mend it. */
export class MissingProgram extends Error {
  override name = "MissingProgram";
}

/** Where the jars are kept between runs: the cache folder of the person, outside of the checkout. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  return join(env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "madang", `kafka-${KAFKA_VERSION}`);
}

/**
 * Brings Apache Kafka from Maven Central (45 jars, 44 MB) into the cache folder, unless it is there.
 * @returns the class path. @throws MissingProgram without Java 17 or Maven, Error with Maven's words when it fails.
 */
export async function installKafka(folder: string = cacheFolder()): Promise<string> {
  await checkJava();
  const libraries = join(folder, "libs");
  if (!existsSync(libraries)) await download(folder, libraries);
  return join(libraries, "*");
}

async function checkJava(): Promise<void> {
  const { stderr } = await start("java", ["-version"], "openjdk-17-jre-headless");
  const version = Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0);
  if (version >= OLDEST_JAVA) return;
  throw new MissingProgram(
    `Java ${OLDEST_JAVA} 이상이 필요합니다. 지금은 ${version}입니다. / Java ${OLDEST_JAVA} or newer is needed, this is ${version}.`,
  );
}

/** Two runs may begin at once: each fills a folder of its own, and the first one to be whole is kept. */
async function download(folder: string, libraries: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const own = await mkdtemp(join(folder, "new-"));
  try {
    const project = join(own, "pom.xml");
    await writeFile(project, PROJECT);
    const goal = ["-q", "-B", "-f", project, "dependency:copy-dependencies", "-DincludeScope=runtime"];
    await start("mvn", [...goal, `-DoutputDirectory=${join(own, "libs")}`], "maven", MAVEN_MS);
    await rename(join(own, "libs"), libraries).catch((error: unknown) => {
      if (!existsSync(libraries)) throw error;
    });
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

async function start(program: string, args: readonly string[], debianPackage: string, timeout = 20_000) {
  try {
    return await run(program, args, { timeout });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new MissingProgram(
      `${program}이(가) 없습니다. Kafka를 띄우는 데 필요합니다: apt-get install ${debianPackage}\n` +
        `${program} is missing; Kafka needs it: apt-get install ${debianPackage}`,
    );
  }
}

const PROJECT = `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>madang</groupId>
  <artifactId>kafka</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>${KAFKA_VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;
