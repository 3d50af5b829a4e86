// Tabler, cut down to what our pages use, with the dark theme also for those who leave it to their system.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import postcss, { type AtRule, type Root, type Rule } from "postcss";
import { PurgeCSS } from "purgecss";
import type { Plugin } from "vite";

const TABLER = /@tabler\/core\/dist\/css\/tabler(\.min)?\.css/;
const TOKENS = "src/styles/tokens.css";
const DARK = /\[data-bs-theme="?dark"?\]/;

/** Kept whatever the pages say: what any page may need, and states that scripts or the browser set. */
const KEPT = {
  standard: [
    ...["html", "body", "is-invalid", "is-valid", "disabled", "active", "visually-hidden", "invalid-feedback"],
    ...["btn", "btn-primary", "btn-danger", "btn-outline-danger", "btn-link", "btn-sm", "btn-loading"],
    ...["input-group", "avatar", "avatar-sm", "badge", "table", "card", "row", "text-secondary", "text-center"],
    /^alert(-|$)/, /^form-(control|select|check|label|hint)/, /^card-(body|header|footer|title)$/, /^empty(-|$)/,
    /^col-(md|lg)-\d+$/, /^[mp][tbxy]?-[0-5]$/, /^[wh]-100$/, /^d-(none|flex|grid)$/, /^gap-\d$/, /^list-group/,
  ],
  greedy: [/^input-group/],
};

/** Selectors of navigation bars, themes and directions that we do not have. */
const FOREIGN = /data-bs-navbar-theme|data-bs-theme-(primary|base|font|radius)|body\[data-bs-theme|theme-dark|\[dir=rtl\]/;

function dropForeign(root: Root): void {
  root.walkRules((rule) => {
    const kept = rule.selectors.filter((selector) => !FOREIGN.test(selector));
    if (kept.length === 0) rule.remove();
    else if (kept.length < rule.selectors.length) rule.selectors = kept;
  });
}

/** Repeats each rule of the dark theme for `data-bs-theme="system"` where the system is dark. */
function addSystemTheme(root: Root): void {
  const dark: Rule[] = [];
  root.walkRules((rule) => {
    if (DARK.test(rule.selector)) dark.push(rule);
  });
  for (const rule of dark) {
    const copy = rule.clone();
    copy.selectors = rule.selectors
      .filter((selector) => DARK.test(selector))
      .map((selector) => selector.replace(DARK, "[data-bs-theme=system]"));
    const media = postcss.atRule({ name: "media", params: "(prefers-color-scheme:dark)", nodes: [copy] });
    const outer = rule.parent?.type === "atrule" ? (rule.parent as AtRule) : undefined;
    const placed = outer === undefined ? media : outer.clone({ nodes: [media] });
    (outer ?? rule).after(placed.toString());
  }
}

/** The files under `folder`, at any depth, whose paths match. */
function under(folder: string, path: RegExp): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((found) => path.test(found))
    .map((found) => join(folder, found));
}

/** The files whose words decide what stays. */
function contents(root: string): string[] {
  const crates = under(join(root, "../crates"), /^[^/]+\/(templates\/.*\.html|src\/.*\.rs)$/);
  return [...crates, ...under(join(root, "src"), /\.ts$/)];
}

async function cut(root: string, source: string): Promise<string> {
  const tree = postcss.parse(source);
  dropForeign(tree);
  const [purged] = await new PurgeCSS().purge({
    content: contents(root),
    css: [{ raw: tree.toString() }],
    safelist: KEPT,
    variables: true,
    keyframes: true,
    fontFace: true,
  });
  if (purged === undefined) throw new Error("PurgeCSS gave nothing back");
  return withSystemTheme(purged.css);
}

function withSystemTheme(source: string): string {
  const tree = postcss.parse(source);
  addSystemTheme(tree);
  return tree.toString();
}

/** Cuts Tabler's style sheet wherever a module imports it, and completes our own tokens. */
export function tabler(root: string): Plugin {
  return {
    name: "hanok-tabler",
    enforce: "pre",
    async transform(code, id) {
      if (id.includes(TOKENS)) return { code: withSystemTheme(code), map: null };
      if (!TABLER.test(id)) return null;
      for (const file of contents(root)) this.addWatchFile(file);
      return { code: await cut(root, code), map: null };
    },
  };
}
