// The guided demo, whole: one screen with the shop at the left and the phone at the right.
import assert from "node:assert/strict";
import { findings } from "../house/axe.mjs";
import { approve, deny } from "../house/phone.mjs";
import { test } from "../house/suite.mjs";

const PIN = "482915";

/** The demo in a browser of its own, its phone paired. */
async function begin(open, options) {
    const page = await open(options);
    await page.goto("/demo");
    const phone = page.frameLocator(".demo-frame");
    await phone.locator('.live[data-live="online"]').waitFor();
    return { page, phone };
}

/** Presses the shop's button; gives the number it shows. */
async function press({ page, phone }) {
    await page.locator("#shop-state form .btn").last().click();
    const number = (await page.locator(".demo-code").textContent()).trim();
    await phone.locator(".choice", { hasText: number }).waitFor();
    return number;
}

const ended = (page, kind) => page.locator(`#shop-state .alert-${kind}`).waitFor();
const told = (page, word) => page.locator("#shop-state code", { hasText: word }).first().waitFor();
const done = (phone) => phone.locator(".phone-calm .btn-primary").click();

// One test, one after the other: the demo has one person, and a second visitor's phone would ring as well.
test("the guided demo: every way a request can end, seen from the shop and explained", async ({ open, server, allow }) => {
    allow(/^answer: 40[01] .*\/confirm\/?$/, /status of 40[01] .*\/confirm\/?$/);
    const demo = await begin(open);
    const { page, phone } = demo;

    await approve(phone, await press(demo), PIN);
    await ended(page, "success");
    const facts = await page.locator(".demo-facts dd").allInnerTexts();
    assert.ok(facts.length >= 3 && facts.every((fact) => fact.trim() !== ""), `${facts}`);
    await page.locator("#drawer summary").click();
    for (const part of ["auth/request", "auth_request", "auth/confirm", "auth_done", "application/jose", '"di"', "auth/status"]) {
        await page.locator("#wire", { hasText: part }).waitFor();
    }
    const wire = await page.locator("#wire").innerText();
    assert.ok(!wire.includes((await server.shop()).client_secret), "the secret stays with the shop");
    assert.ok(!wire.includes(PIN), "no PIN is shown");
    assert.deepEqual(await findings(page), []);
    await done(phone);

    await press(demo);
    await deny(phone);
    await ended(page, "danger");
    await done(phone);

    const number = await press(demo);
    const other = phone.locator(".choice", { hasNotText: number }).first();
    await approve(phone, await other.textContent(), PIN);
    await ended(page, "danger");
    await told(page, "not_confirmed");
    await done(phone);

    await approve(phone, await press(demo), "135792");
    await ended(page, "danger");
    await told(page, "not_confirmed");
    await done(phone);

    const first = await press(demo);
    await page.locator(".demo-tries form:has(input[name='phone_number']:not([value='010-9999-0000'])):not(:has(input[name='seconds'])) button").click();
    await page.locator(".demo-code").filter({ hasNotText: first }).waitFor();
    await ended(page, "info");
    const second = (await page.locator(".demo-code").textContent()).trim();
    await phone.locator(".choice", { hasText: second }).waitFor();
    await approve(phone, second, PIN);
    await ended(page, "success");
    await done(phone);

    await page.locator(".demo-tries form:has(input[name='seconds']) button").click();
    await phone.locator(".choice").first().waitFor();
    await page.locator("#shop-state .alert-warning").waitFor({ timeout: 50_000 });
    await told(page, "EXPIRED");
    await phone.locator('.phone-calm use[href$="#clock-x"]').waitFor({ state: "attached" });
}, { seconds: 150 });

test("the demo reads without script, and on a phone", async ({ another, at }) => {
    const visit = at(await another());
    visit.allow(/^request: csp .*\.js$/);
    const page = await visit.open({ javaScriptEnabled: false });
    await page.goto("/demo");
    await page.locator("#shop-state form .btn-primary").click();
    await page.locator(".demo-code").waitFor();
    const { page: small } = await begin((options) => visit.open(options), { viewport: { width: 360, height: 800 } });
    assert.equal(await small.evaluate(() => document.scrollingElement.scrollWidth), 360);
});
