import { NotConnected } from "#platform/db/errors.ts";
import { DataFolderInUse } from "#platform/db/folder-lock.ts";
import { MigrationRefused } from "#platform/db/migrate.ts";
import { RoleKeyMissing } from "#platform/db/roles.ts";
import { ConfigError } from "./config.ts";
import { StartRefused } from "./start-refused.ts";

/** What the system says of a folder that cannot be worked in. */
const FOLDER_ERRORS: readonly unknown[] = ["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST", "ENOSPC", "ENAMETOOLONG"];

/** What a person can mend, told in Korean and English; undefined for what is ours to mend, with its trace. */
export function mendable(error: unknown): string | undefined {
  if (error instanceof ConfigError || error instanceof StartRefused) return error.message;
  if (error instanceof DataFolderInUse) return error.message;
  if (error instanceof MigrationRefused) {
    return both("자료가 이 판의 것이 아닙니다", "The data does not belong to this version", error.message);
  }
  if (error instanceof RoleKeyMissing) {
    return both("DATABASE_URL에 암호가 없습니다", "DATABASE_URL has no password", error.message);
  }
  if (error instanceof NotConnected) {
    return both("데이터베이스에 닿지 않습니다", "The database cannot be reached", error.message);
  }
  const { code, syscall, path } = (error instanceof Error ? error : {}) as NodeJS.ErrnoException;
  if (!FOLDER_ERRORS.includes(code) || path === undefined) return undefined;
  const what = `${syscall} ${code} ${path}`;
  return both("이 자리를 쓸 수 없습니다 (DATA_DIR)", "This place cannot be used (DATA_DIR)", what);
}

function both(ko: string, en: string, why: string): string {
  return `${ko}.\n${en}: ${why}`;
}
