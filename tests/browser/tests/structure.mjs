// What the main pages are made of, as a screen reader meets it: landmarks, headings, fields, buttons; not their words
// and not their pixels. After a change that is meant, `UPDATE=1 tests/browser/run target/debug/hanok structure`.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { enter, proven } from "../house/people.mjs";
import { test } from "../house/suite.mjs";

const KEPT = new URL("../structure.txt", import.meta.url);

/** The roles on a page, each in its place; what is only text or an address is left out. */
async function outline(page) {
    const lines = (await page.locator("body").ariaSnapshot()).split("\n");
    return lines
        .map((line) => /^(\s*)- ([a-z]+)(?:[^[]*?(\[level=\d\]))?/.exec(line.replaceAll(/"(\\.|[^"\\])*"/g, "")))
        .filter((found) => found !== null && found[2] !== "text")
        .map(([, depth, role, level]) => `${depth}${role}${level === undefined ? "" : ` ${level}`}`)
        .join("\n");
}

test("the structure of the main pages is as it was kept", async ({ open, server }) => {
    const own = await open();
    await enter(own, await proven(server));
    const nobody = await open();
    const parts = [];
    for (const [page, paths] of [[nobody, ["/", "/login", "/register", "/phone"]], [own, ["/dashboard", "/account", "/history", "/post/new", "/search"]]]) {
        for (const path of paths) {
            await page.goto(path, { waitUntil: "networkidle" });
            parts.push(`== ${path}\n${await outline(page)}\n`);
        }
    }
    const now = parts.join("\n");
    if (process.env.UPDATE === "1") await writeFile(KEPT, now);
    assert.equal(now, await readFile(KEPT, "utf8"));
});
