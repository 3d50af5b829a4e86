// Everything by keyboard.
import assert from "node:assert/strict";
import { isSignedIn, registered } from "../house/people.mjs";
import { test } from "../house/suite.mjs";

const focused = (page) => page.evaluate(() => document.activeElement.id || document.activeElement.className);

/** Presses Tab until the focus is where `selector` says. */
async function tabTo(page, selector) {
    for (let pressed = 0; pressed < 60; pressed += 1) {
        await page.keyboard.press("Tab");
        if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
    }
    throw new Error(`Tab never comes to ${selector}`);
}

test("the first Tab offers the way past the menus, and the focus is seen", async ({ open }) => {
    const page = await open();
    await page.goto("/login");
    await page.keyboard.press("Tab");
    assert.ok((await focused(page)).includes("skip-link"));
    const seen = await page.evaluate(() => {
        const { top, left, width, height } = document.activeElement.getBoundingClientRect();
        return top >= 0 && left >= 0 && width > 1 && height > 1;
    });
    assert.ok(seen, "the link is on the screen while it has the focus");
    await page.keyboard.press("Enter");
    assert.equal(await focused(page), "main");
    await tabTo(page, "#user_id");
    const outlined = await page.evaluate(() => {
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(document.activeElement);
        return (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
    });
    assert.ok(outlined);
});

test("people sign in by keyboard alone", async ({ open, server }) => {
    const person = await registered(server);
    const page = await open();
    await page.goto("/login");
    await tabTo(page, "#user_id");
    await page.keyboard.type(person.username);
    await tabTo(page, "#password");
    await page.keyboard.type(person.password);
    await Promise.all([page.waitForURL((url) => url.pathname === "/"), page.keyboard.press("Enter")]);
    assert.ok(await isSignedIn(page));
});

test("menus open by Enter, close by Escape and give the focus back", async ({ open }) => {
    const page = await open();
    await page.goto("/login");
    await tabTo(page, 'details.menu:has(form[action="/preferences"]) > summary');
    await page.keyboard.press("Enter");
    const menu = page.locator('details.menu[open]');
    await menu.waitFor();
    await page.keyboard.press("Tab");
    assert.ok(await page.evaluate(() => document.activeElement.matches(".segment")));
    await page.keyboard.press("Escape");
    await menu.waitFor({ state: "detached" });
    assert.ok(await page.evaluate(() => document.activeElement.matches("summary")));
});
