// The console by keyboard alone: a list, a form and the dialog that no one asked for.
import assert from "node:assert/strict";
import { enterTo, focusIsOn, focusIsSeen, skip, tabTo } from "../house/keys.mjs";
import { whole } from "../house/look.mjs";
import { DEMO_PEOPLE, enter } from "../house/people.mjs";
import { test } from "../house/suite.mjs";

const { superAdmin } = DEMO_PEOPLE;

test("a list is filtered, sorted and opened by keyboard alone", async ({ open }) => {
    const page = await open();
    await enter(page, superAdmin);
    await page.goto("/admin");
    await tabTo(page, '.side-link[href="/admin/providers"]');
    await enterTo(page, "**/admin/providers");
    await whole(page);
    await skip(page);
    await tabTo(page, ".filters input");
    await page.keyboard.type("쇼핑몰");
    await enterTo(page, /\/admin\/providers\?/);
    assert.ok((await page.locator("tbody").innerText()).includes("A 쇼핑몰"));
    await skip(page);
    await tabTo(page, ".sort");
    await enterTo(page, /sort=/);
    assert.equal(await page.locator("th[aria-sort]:not([aria-sort=none])").count(), 1);
    await skip(page);
    await tabTo(page, "tbody .row-link");
    await enterTo(page, /\/admin\/providers\/[0-9a-f]{8}-/);
    await skip(page);
    await tabTo(page, '.tab[href$="/deliveries"]');
    await enterTo(page, "**/deliveries");
    await tabTo(page, ".topbar-person");
    await page.keyboard.press("Enter");
    await page.locator("details.menu[open]").waitFor();
    await page.keyboard.press("Escape");
    assert.ok(await focusIsOn(page, ".topbar-person"), "a menu gives the focus back");
}, { seconds: 80 });

test("a form is filled in, corrected and sent by keyboard alone", async ({ another, at }) => {
    // What is made and closed again is nobody else's.
    const page = await at(await another()).open();
    await enter(page, superAdmin);
    await page.goto("/admin/departments");
    await skip(page);
    await tabTo(page, ".page-head-actions .btn-primary");
    await enterTo(page, "**/departments/new");
    await skip(page);
    await tabTo(page, "#name");
    await page.keyboard.type("열쇠 파트");
    await tabTo(page, "#parent_id");
    await page.keyboard.press("ArrowDown");
    const above = await page.locator("#parent_id option:checked").innerText();
    await tabTo(page, "#manager_id");
    await page.keyboard.type("nobody-at-all");
    await page.keyboard.press("Enter");
    await page.locator("#manager_id-error").waitFor();
    assert.ok(await focusIsOn(page, "#manager_id"), "the first fault has the focus");
    await focusIsSeen(page);
    assert.equal(await page.locator("#parent_id option:checked").innerText(), above);
    await whole(page);
    await page.keyboard.press("Control+A");
    await page.keyboard.press("Delete");
    await tabTo(page, "form .btn-primary");
    await page.keyboard.press("Enter");
    await page.locator(".alert-success").waitFor();
    assert.ok((await page.locator("h1").innerText()).includes("열쇠 파트"));
    await skip(page);
    await tabTo(page, 'form[action$="/close"] .btn');
    await page.keyboard.press("Enter");
    await page.locator(".alert-success").waitFor();
    assert.ok(!(await page.locator("tbody").innerText()).includes("열쇠 파트"));
}, { seconds: 80 });

test("the warning before a session ends keeps the focus and gives it back", async ({ another, at }) => {
    // It comes a minute before the end, so a minute is waited for.
    const server = await another(["accounts.session_idle_minutes=2"]);
    const page = await at(server).open();
    await enter(page, superAdmin);
    await page.goto("/admin/providers");
    await skip(page);
    await tabTo(page, ".filters input");
    const dialog = page.locator("#session-dialog");
    await dialog.waitFor({ timeout: 90_000 });
    assert.ok(await focusIsOn(page, "[data-session-stay]"));
    await focusIsSeen(page);
    for (let pressed = 0; pressed < 6; pressed += 1) {
        await page.keyboard.press("Tab");
        assert.ok(await focusIsOn(page, "#session-dialog *, body"), "Tab stays in the dialog");
    }
    await whole(page);
    if (!(await focusIsOn(page, "[data-session-stay]"))) await tabTo(page, "[data-session-stay]", 5);
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "hidden" });
    assert.ok(await focusIsOn(page, ".filters input"), "the focus is back");
}, { seconds: 150 });
