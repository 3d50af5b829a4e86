// A Brotli and a gzip copy beside each text asset, so that the server compresses nothing.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const TEXT = /\.(js|css|svg|json|webmanifest)$/;

function compress(path: string): void {
  const source = readFileSync(path);
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: source.length,
  };
  writeFileSync(`${path}.br`, brotliCompressSync(source, { params }));
  writeFileSync(`${path}.gz`, gzipSync(source, { level: constants.Z_BEST_COMPRESSION }));
}

/** Compresses what the build wrote into `dist/assets`. */
export function compressed(root: string): Plugin {
  return {
    name: "hanok-compressed",
    apply: "build",
    closeBundle() {
      const assets = join(root, "dist/assets");
      for (const name of readdirSync(assets)) {
        if (TEXT.test(name)) compress(join(assets, name));
      }
    },
  };
}
