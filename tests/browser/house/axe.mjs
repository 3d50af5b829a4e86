// What axe-core, a checker nobody here wrote, finds on a page and in the frames in it.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const source = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What is against WCAG 2.2 AA, and what else is serious; a line for each rule. */
export async function findings(page) {
    // A frame that is still being loaded forgets what it was given.
    await Promise.all(page.frames().map((frame) => frame.waitForLoadState("load")));
    for (const frame of page.frames()) {
        if (await frame.evaluate(() => window.axe === undefined)) await frame.evaluate(source);
    }
    const { violations } = await page.evaluate((values) => window.axe.run({
        runOnly: { type: "tag", values },
        resultTypes: ["violations"],
    }), tags);
    return violations
        .filter(({ impact, tags: of }) => !of.includes("best-practice") || ["serious", "critical"].includes(impact))
        .map(({ id, nodes }) => {
            const [{ html, failureSummary }] = nodes;
            return `${id} (${nodes.length}): ${html.slice(0, 160)} ${failureSummary.split("\n").slice(1, 2).join("").trim()}`;
        });
}

/** What stands beyond the right edge of the page, so that it scrolls sideways. */
export async function overflow(page) {
    return page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.scrollingElement;
        if (scrollWidth <= clientWidth) return "";
        const wide = [...document.querySelectorAll("body *")].find(
            (element) => element.getBoundingClientRect().right > clientWidth + 0.5,
        );
        const what = wide === undefined ? "" : `${wide.tagName.toLowerCase()}.${wide.className}`;
        return `${scrollWidth} of ${clientWidth} px: ${what}`;
    });
}
