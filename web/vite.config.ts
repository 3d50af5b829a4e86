import { resolve } from "node:path";
import { defineConfig } from "vite";
import { compressed } from "./build/compress.ts";
import { icons } from "./build/icons.ts";
import { tabler } from "./build/tabler.ts";

const root = import.meta.dirname;

export default defineConfig({
  base: "/",
  plugins: [tabler(root), icons(root), compressed(root)],
  build: {
    target: ["chrome111", "firefox114", "safari16.4"],
    manifest: true,
    sourcemap: false,
    assetsInlineLimit: 0,
    // The pages name what they load; what loads later is one small file.
    modulePreload: false,
    rolldownOptions: {
      input: ["app", "phone", "demo", "sign-in", "reference", "board"].map((name) => resolve(root, `src/entries/${name}.ts`)),
    },
  },
});
