// What every page that a story comes by must be: whole at a desk and on a phone.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { findings, overflow } from "./axe.mjs";

const SIZES = [[360, 800], [1280, 800]];
/** Where pictures of these pages go, for whoever wants to look at them too. */
const pictures = process.env.HANOK_PICTURES;
let taken = 0;

async function picture(page, width) {
    await mkdir(pictures, { recursive: true });
    taken += 1;
    const name = new URL(page.url()).pathname.replaceAll(/[0-9a-f]{8}-[0-9a-f-]+/g, "ID").replaceAll("/", "-");
    await page.screenshot({ path: `${pictures}/${String(taken).padStart(3, "0")}${name}-${width}.png`, fullPage: true });
}

/** Throws where the page that is open has a barrier, not one heading, or scrolls sideways. Ends at a desk's width. */
export async function whole(page) {
    const path = new URL(page.url()).pathname;
    const faults = [];
    if ((await page.locator("h1").count()) !== 1) faults.push("has not one heading");
    for (const [width, height] of SIZES) {
        await page.setViewportSize({ width, height });
        const wide = await overflow(page);
        if (wide !== "") faults.push(`is wider than ${width} px: ${wide}`);
        for (const found of await findings(page)) faults.push(`at ${width} px ${found}`);
        if (pictures !== undefined) await picture(page, width);
    }
    assert.deepEqual(faults, [], path);
}

/** Opens a page that must be whole. */
export async function visit(page, path) {
    const answer = await page.goto(path);
    assert.equal(answer.status(), 200, path);
    await whole(page);
}
