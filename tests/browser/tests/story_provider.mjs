// A provider from its first day: made in the console, its key rotated, its callback tried, what failed told again.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { entered, founded, provenThere } from "../house/founded.mjs";
import { readAsText } from "../house/hostile.mjs";
import { visit, whole } from "../house/look.mjs";
import { header } from "../house/receiver.mjs";
import { NotRun, test } from "../house/suite.mjs";
import { AWAY } from "../house/visit.mjs";

const HOSTILE = '<h1>받았습니다</h1><img src=x onerror=alert(1)><script>alert(1)</script>';

/** What stands under a word of a list of facts. */
const fact = (page, word) => page.locator(".facts > div", { has: page.getByText(word, { exact: true }) }).locator("dd").innerText();

/** Makes a provider by the form; the page that shows its secrets once is open then. */
async function makeProvider({ page, receiver }) {
    await visit(page, "/admin/providers");
    await page.click(".page-head-actions .btn-primary");
    await whole(page);
    await page.fill("#name", "별빛 서점");
    await page.fill("#site_code", "STAR-BOOKS");
    await page.selectOption("#delivery", "callback");
    await page.fill("#callback_url", "http://192.168.0.7/callback");
    await page.click("main form .btn-primary");
    await page.locator("#callback_url-error").waitFor();
    assert.equal(await page.inputValue("#name"), "별빛 서점", "what was typed is kept");
    await page.fill("#callback_url", receiver.callback);
    await page.click("main form .btn-primary");
    await page.locator(".facts-one").waitFor();
    return { client_id: await fact(page, "클라이언트 ID"), client_secret: await fact(page, "클라이언트 시크릿"), kid: await fact(page, "키 ID (kid)") };
}

/** Asks for a person in the provider's name; the person approves in the portal. */
async function approved({ server }, credentials, person, theirs) {
    const body = { client_id: credentials.client_id, client_secret: credentials.client_secret, user_phone_number: person.phone };
    const asked = await server.call("POST", "/api/v1/auth/request/", { body });
    await theirs.goto(`/history/${asked.transaction_id}`);
    await theirs.locator(".form-selectgroup-label", { hasText: asked.binding_code }).first().click();
    await theirs.locator('form[action$="/approve"] .pin-input').fill(person.pin);
    await theirs.click('form[action$="/approve"] .btn-primary');
    await theirs.locator(".alert-success").waitFor();
}

/** Reads the page again until it has what `selector` says. */
async function until(page, selector) {
    for (let tries = 0; tries < 60; tries += 1) {
        if ((await page.locator(selector).count()) > 0) return;
        await sleep(300);
        await page.reload();
    }
    throw new Error(`${page.url()} never shows ${selector}: ${(await page.locator("main").innerText()).slice(0, 300)}`);
}

test("a provider is made, its key rotated, its callback tried, and its answer is text", async ({ another, at }) => {
    const house = await founded(another, at);
    const { page, receiver } = house;
    const made = await makeProvider(house);
    assert.ok(made.client_secret.length >= 43);
    await whole(page);
    await page.click(".form-actions .btn-primary");
    const path = new URL(page.url()).pathname;
    await whole(page);
    const kept = await page.content();
    assert.ok(kept.includes(made.client_id));
    assert.ok(!kept.includes(made.client_secret), "the secret was shown once");

    await page.click(`form[action="${path}/keys"] .btn`);
    const kid = await fact(page, "키 ID (kid)");
    assert.notEqual(kid, made.kid);
    await whole(page);
    await page.click(".form-actions .btn-primary");
    const key = (name) => page.locator(".row-item", { has: page.locator("code", { hasText: name }) });
    assert.ok((await key(kid).innerText()).includes("알림"));
    await key(kid).locator(".btn-primary").click();
    await page.locator(".alert-success").waitFor();
    assert.ok((await key(kid).innerText()).includes("사용 중"));
    assert.ok((await key(made.kid).innerText()).includes("교체됨"));
    await whole(page);

    receiver.answer = { status: 418, type: "text/html", body: HOSTILE };
    await page.click(`form[action="${path}/test"] .btn`);
    await page.locator(".alert-warning", { hasText: "418" }).waitFor();
    assert.equal(await page.locator("pre.answer").innerText(), HOSTILE);
    await readAsText(page);
    await whole(page);
    assert.equal(header(receiver.told.at(-1)).kid, kid, "the new key is in use");
    receiver.answer = { status: 200, type: "text/plain", body: "" };
    await page.click(`form[action="${path}/test"] .btn`);
    await page.locator(".alert-success").waitFor();
    assert.equal(await page.locator("pre.answer").count(), 0);
    receiver.close();
    await page.click(`form[action="${path}/test"] .btn`);
    await page.locator(".alert-danger").waitFor();
    await whole(page);
}, { seconds: 120 });

/** As if the server had been away for so many hours, what waits is older. The server must not run. */
async function age(server, hours) {
    const script = [
        "import sqlite3, sys",
        "db = sqlite3.connect(sys.argv[1])",
        "db.execute('UPDATE job SET created_at = created_at - ?, run_at = run_at - ?', [int(sys.argv[2])] * 2)",
        "db.commit()",
    ].join("\n");
    const words = ["-c", script, server.database(), String(hours * 3_600_000_000)];
    await promisify(execFile)("python3", words).catch((error) => {
        throw error.code === "ENOENT" ? new NotRun("there is no python3, which ages what waits") : error;
    });
}

test("a result that was given up is told again by one press", async ({ another, at }) => {
    const house = await founded(another, at);
    const { page, receiver, server } = house;
    const credentials = await makeProvider(house);
    await page.click(".form-actions .btn-primary");
    const path = new URL(page.url()).pathname;
    const person = await provenThere(house);
    const theirs = await entered(house, person);

    receiver.answer = { status: 503, type: "text/plain", body: "later" };
    await approved(house, credentials, person, theirs);
    await page.goto(`${path}/deliveries`);
    await until(page, 'td:has-text("503")');
    await whole(page);

    house.visit.allow(AWAY);
    await server.kill();
    await age(server, 25);
    await server.again();
    await page.goto(`${path}/deliveries`);
    await until(page, ".state-failed");
    await whole(page);
    await page.click("tbody .row-link");
    await whole(page);
    const tries = await page.locator(".timeline-item").count();
    assert.ok(tries >= 2);
    await visit(page, "/admin/providers");
    assert.equal(await page.locator("tbody .state-failed").innerText(), "1");
    await page.goto(`${path}/deliveries`);
    await page.click("tbody .row-link");

    receiver.answer = { status: 200, type: "text/plain", body: "ok" };
    const before = receiver.told.length;
    await page.click('form[action$="/replay"] .btn-primary');
    await page.locator(".alert-success").waitFor();
    await until(page, ".badge-state.state-completed");
    assert.equal(await page.locator(".timeline-item").count(), tries + 1);
    assert.equal(receiver.told.length, before + 1);
    await whole(page);
    await page.goto(`${path}/deliveries`);
    assert.equal(await page.locator(".alert-warning").count(), 0);
    await visit(page, `${path}/statistics`);
    receiver.close();
}, { seconds: 120 });
