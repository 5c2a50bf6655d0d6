import { registerHooks } from "node:module";

// `node --import preload.ts?bug=NAME src/main.ts`: whoever asks for the list of services gets the one with the bug, so
// that a real process has it and the house's own code knows nothing of it.
const { search } = new URL(import.meta.url);
const real = new URL("../../services.ts", import.meta.url).href;
const planted = new URL(`./services.ts${search}`, import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    return found.url === real && context.parentURL !== planted ? { ...found, url: planted } : found;
  },
});
