// The icons of the pages as one sprite, hashed like every other asset.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const VIEW = /<svg[^>]*>([\s\S]*)<\/svg>/;
const EMPTY_PATH = /<path stroke="none" d="M0 0h24v24H0z" fill="none" ?\/>/;

/** One icon of Tabler as a `<symbol>`. */
function symbol(root: string, name: string): string {
  const source = readFileSync(
    join(root, "node_modules/@tabler/icons/icons/outline", `${name}.svg`),
    "utf8",
  );
  const shapes = VIEW.exec(source)?.[1];
  if (shapes === undefined) throw new Error(`icon ${name} is no SVG`);
  const drawn = shapes.replace(EMPTY_PATH, "").replace(/\s+/g, " ").trim();
  return (
    `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" ` +
    `stroke-linecap="round" stroke-linejoin="round">${drawn}</symbol>`
  );
}

/** The names in a list file: one a line. */
export function iconNames(list: string): string[] {
  return readFileSync(list, "utf8").split("\n").map((line) => line.trim()).filter((line) => line !== "");
}

/** The sprite and the name of its file. */
export function sprite(root: string): { file: string; source: string } {
  const symbols = iconNames(join(root, "icons.txt")).map((name) => symbol(root, name));
  const source = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
  const hash = createHash("sha256").update(source).digest("base64url").slice(0, 8);
  return { file: `assets/icons-${hash}.svg`, source };
}

/** Gives modules the sprite's address as `virtual:icons`, writes it, and names it in the manifest. */
export function icons(root: string): Plugin {
  const made = sprite(root);
  return {
    name: "hanok-icons",
    resolveId: (id) => (id === "virtual:icons" ? "\0virtual:icons" : null),
    load: (id) => (id === "\0virtual:icons" ? `export default ${JSON.stringify(`/${made.file}`)};` : null),
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        this.emitFile({ type: "asset", fileName: made.file, source: made.source });
        const manifest = bundle[".vite/manifest.json"];
        if (manifest?.type !== "asset") throw new Error("Vite wrote no manifest");
        const entries = JSON.parse(manifest.source.toString()) as Record<string, unknown>;
        entries["icons.svg"] = { file: made.file, src: "icons.svg" };
        manifest.source = JSON.stringify(entries, null, 2);
      },
    },
  };
}
