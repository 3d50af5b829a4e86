// What a keyboard does.
import assert from "node:assert/strict";

/** Whether the focus is on what `selector` says. */
export const focusIsOn = (page, selector) => page.evaluate((wanted) => document.activeElement.matches(wanted), selector);

/** Presses Tab until the focus is where `selector` says; wherever it comes by it must be seen. */
export async function tabTo(page, selector, most = 60) {
    for (let pressed = 0; pressed < most; pressed += 1) {
        await page.keyboard.press("Tab");
        await focusIsSeen(page);
        if (await focusIsOn(page, selector)) return;
    }
    throw new Error(`Tab never comes to ${selector}`);
}

/** Throws where the focus is on something of the page that does not show it, or that is not on the screen. */
export async function focusIsSeen(page) {
    const fault = await page.evaluate(() => {
        const focused = document.activeElement;
        if (focused === document.body) return "";
        // What is small and lies in a label or a row is marked there.
        const marked = [focused, focused.closest("label, tr, summary")].some((element) => {
            if (element === null) return false;
            const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
            return (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
        });
        const { top, bottom, left, right, width, height } = focused.getBoundingClientRect();
        const inside = bottom > 0 && right > 0 && top < innerHeight && left < innerWidth && width > 1 && height > 1;
        return marked && inside ? "" : `${focused.outerHTML.slice(0, 120)} ${marked ? "lies outside" : "is not marked"}`;
    });
    assert.equal(fault, "");
}

/** Past the menus: the first Tab and Enter lead to what the page is about. */
export async function skip(page) {
    await page.keyboard.press("Tab");
    await focusIsSeen(page);
    assert.ok(await focusIsOn(page, ".skip-link"));
    await page.keyboard.press("Enter");
    assert.ok(await focusIsOn(page, "main"));
}

/** Presses Enter where the focus is, and waits for the page that it leads to. */
export async function enterTo(page, url) {
    await Promise.all([page.waitForURL(url), page.keyboard.press("Enter")]);
    await page.waitForLoadState();
}
