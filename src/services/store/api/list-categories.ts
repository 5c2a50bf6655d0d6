import { listCategories as contract } from "#contracts/store/operations.ts";
import { handle } from "#platform/service.ts";
import type { StoreDeps } from "../deps.ts";
import { readCategories } from "../views/categories.ts";

export const listCategories = handle(contract, async (_input, _caller, deps: StoreDeps) => {
  const categories = await readCategories(deps.sql);
  return {
    categories: categories.map((category) => ({
      ...category,
      level: category.code.length / 2,
      ...(category.code.length > 2 ? { parentCode: category.code.slice(0, -2) } : {}),
    })),
  };
});
