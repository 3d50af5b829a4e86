// The other ways in: by phone, by a letter, and the first start.
import assert from "node:assert/strict";
import { findings } from "../house/axe.mjs";
import { MOVED } from "../house/map.mjs";
import { isSignedIn, letter, proven, registered, signIn, token } from "../house/people.mjs";
import { approve, calm, deny, pairedPhone } from "../house/phone.mjs";
import { status } from "../house/visit.mjs";
import { test } from "../house/suite.mjs";

/** Asks to sign in by phone; gives the page that waits. */
async function askPhone(page, username) {
    await page.goto("/login?next=%2Faccount%2Fsessions");
    await page.click('form[action="/login/phone"] .btn');
    await page.locator("#user_id").fill(username);
    await page.click('form[action="/login/phone"] .btn-primary');
    await page.locator(".match-number").waitFor();
}

test("who approves on their phone is in, and led on", async ({ open, server }) => {
    const person = await proven(server);
    const phone = await pairedPhone(open, server, person);
    const page = await open();
    await askPhone(page, person.username);
    assert.deepEqual(await findings(page), []);
    await phone.locator(".choice").first().waitFor();
    await approve(phone, (await page.locator(".match-number").textContent()).trim(), person.pin);
    await calm(phone, "circle-check");
    await page.waitForURL("**/account/sessions");
    assert.ok(await isSignedIn(page));
    assert.ok(!(await isSignedIn(phone)));
});

test("who denies on the phone lets nobody in, and the page says so", async ({ open, server }) => {
    const person = await proven(server);
    const phone = await pairedPhone(open, server, person);
    const page = await open();
    await askPhone(page, person.username);
    await phone.locator(".choice").first().waitFor();
    await deny(phone);
    await page.locator('use[href$="#circle-x"]').first().waitFor({ state: "attached" });
    assert.deepEqual(await findings(page), []);
    assert.ok(!(await isSignedIn(page)));
});

test("asking to sign in by phone looks the same for nobody", async ({ open, server }) => {
    const [one, other] = [await open(), await open()];
    await askPhone(one, (await registered(server)).username);
    await askPhone(other, "nobody-at-all");
    const words = async (page) => {
        await page.locator("[data-sign-in-ring] *").first().waitFor();
        return (await page.locator("main").innerText()).replaceAll(/\d/g, "0");
    };
    assert.equal(await words(one), await words(other));
});

test("signing in by phone works without script", async ({ open, server, allow }) => {
    allow(/^request: csp .*\.js$/);
    const person = await proven(server);
    const phone = await pairedPhone(open, server, person);
    const page = await open({ javaScriptEnabled: false });
    await askPhone(page, person.username);
    await phone.locator(".choice").first().waitFor();
    await approve(phone, (await page.locator(".match-number").textContent()).trim(), person.pin);
    await calm(phone, "circle-check");
    // The page reads itself again; whoever does not wait reloads it.
    await page.locator('form[action="/login/phone/finish"] .btn-primary').click();
    assert.equal(new URL(page.url()).pathname, "/account/sessions");
});

/** The link of the newest letter to this address that leads to this page. */
async function letterLink(server, address, path) {
    const { text } = await letter(server, address, path);
    return /http:\/\/\S+code=\S+/.exec(text)[0];
}

test("a forgotten password is set anew by a letter, which counts once", async ({ open, server, allow }) => {
    const person = await registered(server);
    const email = `${person.username}@example.com`;
    const key = await token(server, person);
    await server.call("POST", "/api/v1/me/email", { token: key, body: { email, password: person.password } });
    const page = await open();
    await page.goto(await letterLink(server, email, "/account/email"));
    const verify = page.locator("main form .btn-primary");
    if ((await verify.count()) > 0) await verify.first().click();
    await page.locator(".alert-success").waitFor();

    await page.goto("/password/reset");
    await page.fill("#user_id", person.username);
    await page.click('form[action="/password/reset"] .btn-primary');
    const said = await page.locator("main").innerText();
    const stranger = await open();
    await stranger.goto("/password/reset");
    await stranger.fill("#user_id", "nobody-at-all");
    await stranger.click('form[action="/password/reset"] .btn-primary');
    assert.equal(await stranger.locator("main").innerText(), said, "nobody learns who has an account");

    const link = await letterLink(server, email, "/password/reset");
    await page.goto(link);
    assert.deepEqual(await findings(page), []);
    const next = "Dalbit-2026-gil!";
    await page.fill("#new_password", next);
    await page.fill("#new_password_confirm", next);
    await page.click('form[action="/password/reset/new"] .btn-primary');
    await page.locator(".alert-success").waitFor();
    await page.goto("/login");
    await signIn(page, { ...person, password: next });
    allow(status(404), status(410), status(400));
    await stranger.goto(link);
    assert.equal(await stranger.locator("#new_password").count(), 0, "the link counts once");
}, { seconds: 60 });

test("the first start is finished in the browser, by the link it printed", async ({ another, at }) => {
    const server = await another([], "serve");
    const visit = at(server);
    const page = await visit.open();
    const link = /http:\S+\/setup\?code=\S+/.exec(await server.log())[0];
    await page.goto(link);
    assert.deepEqual(await findings(page), []);
    await page.fill("#organisation", "별빛 협동조합");
    await page.fill("#name", "이도윤");
    await page.fill("#user_id", "doyun");
    await page.fill("#password", "Hanok-2026-byeol!");
    await page.fill("#password_confirm", "Hanok-2026-byeol!");
    await page.click('form[action="/setup"] .btn-primary');
    await page.waitForURL("**/dashboard");
    assert.ok(await isSignedIn(page));
    assert.ok((await page.locator("body").innerText()).includes("별빛 협동조합"));
    visit.allow(status(404), status(410));
    for (const [late, answers] of [[link, 410], [`${server.url}/setup?code=x`, 410], [`${server.url}/setup`, 404]]) {
        assert.equal((await page.goto(late)).status(), answers);
    }
    for (const path of ["/demo", "/dev/mail", "/dev/sms", "/dev/fault"]) {
        assert.equal((await page.goto(path)).status(), 404, `${path} is for the demo`);
    }
}, { seconds: 70 });

test("a fault shows a page with a number and nothing of its cause", async ({ open, allow }) => {
    allow(status(500));
    const page = await open();
    assert.equal((await page.goto("/dev/fault")).status(), 500);
    assert.deepEqual(await findings(page), []);
    assert.match(await page.locator("main").innerText(), /[0-9a-f]{8}-[0-9a-f]{4}/);
});

test("older addresses lead to their pages for good, and keep what was asked", async ({ open }) => {
    const page = await open();
    for (const [from, to] of Object.entries(MOVED)) {
        const tail = from === "/auth/detail" ? "/01a1fee0-e04a-7c12-8f60-567315ed92f6" : "";
        for (const slash of ["", "/"]) {
            const answer = await page.context().request.get(`${from}${tail}${slash}?a=1`, { maxRedirects: 0 });
            assert.equal(answer.status(), 308, from);
            assert.equal(answer.headers().location, `${to}${tail}?a=1`);
        }
    }
});
