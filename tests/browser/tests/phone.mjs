// The paired phone and what it holds.
import assert from "node:assert/strict";
import { findings } from "../house/axe.mjs";
import { ask, isSignedIn, pairingCode, proven, signIn, stranger, textedCode, token } from "../house/people.mjs";
import { PHONE, approve, calm, deny, enterPin, pair, pairedPhone } from "../house/phone.mjs";
import { AWAY } from "../house/visit.mjs";
import { test } from "../house/suite.mjs";

/** How a request stands, as the shop asks. */
async function stands(server, asked) {
    const { client_id, client_secret } = await server.shop();
    const basic = Buffer.from(`${client_id}:${client_secret}`).toString("base64");
    const headers = { Authorization: `Basic ${basic}` };
    return (await server.call("GET", `/api/v1/auth/status/${asked.transaction_id}/`, { headers })).status;
}

test("from registering to an approved request in the history", async ({ open, server }) => {
    const person = stranger();
    const page = await open();
    await page.goto("/register");
    for (const [field, value] of [["name", person.name], ["user_id", person.username], ["password", person.password], ["password_confirm", person.password]]) {
        await page.fill(`#${field}`, value);
    }
    await page.click('form[action="/register"] .btn-primary');
    await page.waitForURL("**/login");
    await signIn(page, person);

    await page.goto("/account/phone");
    await page.locator('form[action="/account/phone"] input').first().fill(person.phone);
    await page.click('form[action="/account/phone"] .btn-primary');
    const code = page.locator('form[action="/account/phone/verify"] input');
    await code.waitFor();
    await code.fill(await textedCode(server, person.phone));
    await page.click('form[action="/account/phone/verify"] .btn-primary');
    await page.locator(".alert-success").waitFor();

    await page.goto("/account/pin");
    for (const input of await page.locator('form[action="/account/pin"] input:not([type="hidden"])').all()) await input.fill(person.pin);
    await page.click('form[action="/account/pin"] .btn-primary');
    await page.locator(".alert-success").waitFor();

    await page.goto("/account/devices");
    await page.click('form[action="/account/devices/pair"] .btn-primary');
    await page.locator(".qr svg").waitFor();
    const address = await page.locator('a[href*="#pair="]').getAttribute("href");
    const phone = await open(PHONE);
    await pair(phone, new URL(address).hash.replace("#pair=", ""));
    // The page with the code follows by itself.
    await page.waitForURL("**/account/devices");
    assert.equal(await page.locator('form[action$="/revoke"]').count(), 1);

    const asked = await ask(server, person, { binding_message: "주문 2건" });
    await phone.getByText("주문 2건").waitFor();
    await approve(phone, asked.binding_code, person.pin);
    await calm(phone, "circle-check");
    assert.equal(await stands(server, asked), "COMPLETED");
    await page.goto("/history");
    await page.click(`a[href="/history/${asked.transaction_id}"]`);
    await page.locator(".timeline-list .state-completed").first().waitFor();
}, { seconds: 90 });

test("a request rings at once, and each way it ends is explained on the phone", async ({ open, server, allow }) => {
    allow(/^answer: 40[01] .*\/confirm\/?$/, /status of 40[01] .*\/confirm\/?$/);
    const person = await proven(server);
    const phone = await pairedPhone(open, server, person);
    const denied = await ask(server, person);
    await phone.locator(".choice").first().waitFor();
    assert.deepEqual(await findings(phone), []);
    await deny(phone);
    await calm(phone, "circle-x");
    assert.equal(await stands(server, denied), "FAILED");

    // A request that comes now is not hidden behind how the last one ended.

    const wrongNumber = await ask(server, person);
    await phone.locator(".choice").first().waitFor();
    const other = phone.locator(".choice", { hasNotText: wrongNumber.binding_code }).first();
    await approve(phone, await other.textContent(), person.pin);
    await calm(phone, "alert-circle");
    assert.deepEqual(await findings(phone), []);
    await phone.locator(".phone-calm .btn-primary").click();

    const wrongPin = await ask(server, person);
    await phone.locator(".choice").first().waitFor();
    await approve(phone, wrongPin.binding_code, "135792");
    await calm(phone, "alert-circle");
    await phone.locator(".phone-calm .btn-primary").click();

    const first = await ask(server, person);
    await phone.locator(".choice", { hasText: first.binding_code }).waitFor();
    const second = await ask(server, person);
    await phone.locator(".choice", { hasText: second.binding_code }).waitFor();
    await approve(phone, second.binding_code, person.pin);
    await calm(phone, "circle-check");
    assert.equal(await stands(server, second), "COMPLETED");
}, { seconds: 90 });

test("a request that nobody answers expires on the phone", async ({ open, server }) => {
    const person = await proven(server);
    const phone = await pairedPhone(open, server, person);
    await ask(server, person, { requested_expiry: 30 });
    await phone.locator(".choice").first().waitFor();
    await phone.locator('.phone-calm use[href$="#clock-x"]').waitFor({ state: "attached", timeout: 45_000 });
}, { seconds: 80 });

test("a phone that was away says so, comes back by itself and shows what waits", async ({ open, server, allow }) => {
    allow(AWAY);
    const person = await proven(server);
    const phone = await pairedPhone(open, server, person);
    await phone.context().setOffline(true);
    await phone.locator('.live:not([data-live="online"])').waitFor({ timeout: 60_000 });
    const asked = await ask(server, person);
    await phone.context().setOffline(false);
    await phone.locator(".choice", { hasText: asked.binding_code }).waitFor({ timeout: 30_000 });
    await phone.locator('.live[data-live="online"]').waitFor();
    await approve(phone, asked.binding_code, person.pin);
    await calm(phone, "circle-check");
}, { seconds: 100 });

test("a phone outlives its server", async ({ another, at }) => {
    const server = await another();
    const visit = at(server);
    visit.allow(AWAY);
    const person = await proven(server);
    const phone = await pairedPhone((options) => visit.open(options), server, person);
    await phone.waitForFunction(async () => (await caches.match("/phone")) !== undefined);
    await server.kill();
    await phone.locator('.live:not([data-live="online"])').waitFor();
    // Its shell is kept in the browser, and nothing else of it.
    await phone.reload();
    await phone.locator(".phone-top").waitFor();
    const kept = await phone.evaluate(async () => {
        const names = await caches.keys();
        const lists = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
        return lists.flat().map(({ url }) => new URL(url).pathname);
    });
    assert.ok(kept.includes("/phone"), `${kept}`);
    assert.deepEqual(kept.filter((path) => path.startsWith("/api/") || path.startsWith("/account")), []);
    await server.again();
    await phone.locator('.live[data-live="online"]').waitFor({ timeout: 40_000 });
    const asked = await ask(server, person);
    await phone.locator(".choice", { hasText: asked.binding_code }).waitFor();
}, { seconds: 90 });

test("the phone is used by keyboard alone", async ({ open, server }) => {
    const person = await proven(server);
    const phone = await pairedPhone(open, server, person, { viewport: { width: 800, height: 900 }, isMobile: false, hasTouch: false });
    const asked = await ask(server, person);
    const choice = phone.locator(".choice", { hasText: asked.binding_code });
    await choice.waitFor();
    await choice.focus();
    await phone.keyboard.press("Space");
    assert.equal(await choice.getAttribute("aria-pressed"), "true");
    await phone.keyboard.type(person.pin);
    await phone.locator(".phone-actions .btn-primary").focus();
    await phone.keyboard.press("Enter");
    await calm(phone, "circle-check");
});

test("a PIN that was typed is nowhere on the page, and is forgotten when the screen is left", async ({ open, server }) => {
    const person = await proven(server);
    const phone = await pairedPhone(open, server, person);
    await ask(server, person);
    await phone.locator(".choice").first().waitFor();
    await enterPin(phone, person.pin);
    assert.equal(await phone.locator('.pin-dot[data-filled="true"]').count(), 6);
    assert.ok(!(await phone.content()).includes(person.pin));
    assert.equal(await phone.locator("input").count(), 0);
    // The shop's next request takes the place of the one on the screen.
    await ask(server, person);
    await phone.locator('.pin-dots:not(:has([data-filled="true"]))').waitFor();
});

test("a phone that is revoked says so by itself", async ({ open, server, allow }) => {
    allow(/^answer: 401 .*\/pending/, /status of 401 .*\/pending/);
    const person = await proven(server);
    const phone = await pairedPhone(open, server, person);
    const key = await token(server, person);
    const { devices } = await server.call("GET", "/api/v1/me/devices/", { token: key });
    await server.call("DELETE", `/api/v1/me/devices/${devices[0].id}/`, { token: key });
    await calm(phone, "device-mobile-off");
});

test("a pairing code counts once, and its key leaves the browser in no way", async ({ open, server, allow }) => {
    allow(/^answer: 4\d\d .*\/devices\/pair/, /status of 4\d\d .*\/devices\/pair/);
    const person = await proven(server);
    const code = await pairingCode(server, person);
    const phone = await open(PHONE);
    await pair(phone, code);
    assert.ok(!phone.url().includes(code), "the code does not stay in the address");
    assert.ok(await phone.evaluate(keptKeysStayHere));
    const thief = await open(PHONE);
    await thief.goto(`/phone#pair=${code}`);
    await thief.locator('[role="alert"]:not([hidden])').waitFor();
    assert.ok(!(await isSignedIn(phone)), "a phone is no session");
});

/** Runs in the page: every key that it keeps refuses to be exported. */
async function keptKeysStayHere() {
    let keys = 0;
    for (const { name } of await indexedDB.databases()) {
        const db = await new Promise((done) => {
            const opening = indexedDB.open(name);
            opening.onsuccess = () => done(opening.result);
        });
        for (const store of db.objectStoreNames) {
            const all = await new Promise((done) => {
                const reading = db.transaction(store).objectStore(store).getAll();
                reading.onsuccess = () => done(reading.result);
            });
            for (const value of all.flatMap((one) => [one, ...Object.values(one ?? {})])) {
                if (!(value instanceof CryptoKey)) continue;
                if (value.extractable) return false;
                keys += 1;
            }
        }
        db.close();
    }
    return keys > 0;
}
