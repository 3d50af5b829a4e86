// Language and theme, with script and without.
import assert from "node:assert/strict";
import { enter, registered } from "../house/people.mjs";
import { test } from "../house/suite.mjs";

const PREFERENCES = 'details.menu:has(form[action="/preferences"])';

const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

async function choose(page, name, value) {
    const menu = page.locator(PREFERENCES).first();
    if (!(await menu.evaluate((details) => details.open))) await menu.locator("summary").click();
    await menu.locator(`button[name="${name}"][value="${value}"]`).click();
}

test("the language is the browser's until one is chosen, and stays chosen", async ({ open }) => {
    const english = await open({ locale: "en-GB" });
    await english.goto("/login");
    assert.equal(await english.getAttribute("html", "lang"), "en");
    const page = await open();
    await page.goto("/login?next=%2Fregister");
    assert.equal(await page.getAttribute("html", "lang"), "ko");
    await choose(page, "language", "en");
    await page.locator('html[lang="en"]').waitFor();
    assert.ok(page.url().endsWith("/login?next=%2Fregister") || page.url().endsWith("/login?next=/register"), page.url());
    await page.goto("/register");
    assert.equal(await page.getAttribute("html", "lang"), "en");
});

test("a theme changes at once and stays, and the system's is followed until then", async ({ open }) => {
    const page = await open({ colorScheme: "dark" });
    await page.goto("/login");
    const dark = await background(page);
    await page.emulateMedia({ colorScheme: "light" });
    await page.waitForFunction((before) => getComputedStyle(document.body).backgroundColor !== before, dark);
    const [answer] = await Promise.all([page.waitForResponse("**/preferences"), choose(page, "theme", "dark")]);
    await page.waitForFunction((wanted) => getComputedStyle(document.body).backgroundColor === wanted, dark);
    assert.ok(answer.status() < 400);
    await page.reload();
    assert.equal(await page.getAttribute("html", "data-bs-theme"), "dark");
    assert.equal(await background(page), dark);
});

test("an account's language and theme meet its person in another browser", async ({ open, server }) => {
    const person = await registered(server);
    const here = await open();
    await enter(here, person);
    await here.goto("/register");
    await Promise.all([here.waitForResponse("**/preferences"), choose(here, "theme", "dark")]);
    await choose(here, "language", "en");
    await here.locator('html[lang="en"]').waitFor();
    const there = await open();
    await enter(there, person);
    await there.goto("/register");
    assert.equal(await there.getAttribute("html", "lang"), "en");
    assert.equal(await there.getAttribute("html", "data-bs-theme"), "dark");
});

test("without script people register, sign in, choose language and theme, and sign out", async ({ open, server, allow }) => {
    // What the scripts import is named in the page, and not fetched.
    allow(/^request: csp .*\.js$/);
    const person = await registered(server);
    const page = await open({ javaScriptEnabled: false });
    await page.goto("/login");
    await page.fill("#user_id", person.username);
    await page.fill("#password", "Wrong-tree-7");
    await page.click('form[action="/login"] .btn-primary');
    await page.locator('[role="alert"]').waitFor();
    await page.locator(`${PREFERENCES} summary`).first().click();
    await page.locator('button[name="theme"][value="dark"]').first().click();
    assert.equal(await page.getAttribute("html", "data-bs-theme"), "dark");
    await page.locator(`${PREFERENCES} summary`).first().click();
    await page.locator('button[name="language"][value="en"]').first().click();
    assert.equal(await page.getAttribute("html", "lang"), "en");
    await page.fill("#user_id", person.username);
    await page.fill("#password", person.password);
    await page.click('form[action="/login"] .btn-primary');
    assert.equal(new URL(page.url()).pathname, "/");
    await page.goto("/logout");
    assert.equal(new URL(page.url()).pathname, "/login");
    await page.locator(".alert-success").waitFor();
});
