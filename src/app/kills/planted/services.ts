import * as real from "../../services.ts";
import { bugs } from "./bugs.ts";

// Stands in for app/services.ts in a process that has loaded preload.ts: the same services, one of them with a bug.
const name = new URL(import.meta.url).searchParams.get("bug") ?? "";
const plant = bugs[name]?.plant;
if (!plant) throw new Error(`${name}: there is no such bug to plant`);

export const allServices = plant(real.allServices);
export const { serviceInvariants } = real;
