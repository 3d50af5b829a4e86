// Names and messages of people who mean harm are texts like others. The watch of every test fails where one runs.
import assert from "node:assert/strict";
import { PDF, member, posted } from "../house/board.mjs";
import { LONG, SHORT, readAsText } from "../house/hostile.mjs";
import { OWN } from "../house/map.mjs";
import { ask, enter, letter, pairingCode, proven, registered, token } from "../house/people.mjs";
import { pairedPhone } from "../house/phone.mjs";
import { test } from "../house/suite.mjs";
import { status } from "../house/visit.mjs";

test("what was typed into a form and refused comes back as text", async ({ open }) => {
    const page = await open();
    for (const text of LONG) {
        const form = { name: text, user_id: text, email: text, phone_number: text, birthdate: text, password: "x", next: text };
        await page.context().request.post("/register", { form, maxRedirects: 0 });
        await page.goto("/register");
        await readAsText(page);
        assert.equal(await page.inputValue("#name"), text);
        assert.equal(await page.inputValue("#user_id"), text);
        await page.goto(`/login?next=${encodeURIComponent(text)}&user_id=${encodeURIComponent(text)}`);
        await readAsText(page);
    }
});

test("a hostile name is a name on every page of its person", async ({ open, server }) => {
    const page = await open();
    await enter(page, await registered(server, { name: LONG[0] }));
    for (const name of LONG) {
        const { request } = page.context();
        if (name !== LONG[0]) await request.post("/account", { form: { name, birthdate: "" } });
        for (const path of ["/", "/account"]) {
            await page.goto(path);
            const text = await readAsText(page);
            assert.ok(text.includes(name), `${path} does not show ${name}`);
        }
    }
}, { seconds: 100 });

test("a hostile name is a name in a letter", async ({ open, server }) => {
    const page = await open();
    for (const name of [LONG[0], LONG[3], LONG[11]]) {
        const person = await registered(server, { name });
        const email = `${person.username}@example.com`;
        const key = await token(server, person);
        await server.call("POST", "/api/v1/me/email", { token: key, body: { email, password: person.password } });
        const { id } = await letter(server, email);
        await page.goto("/dev/mail");
        await readAsText(page);
        await page.goto(`/dev/mail/${id}`);
        // Whether a letter greets by such a name is its own matter.
        await readAsText(page, true);
    }
});

test("a hostile browser and a hostile phone are names of places and phones", async ({ open, server }) => {
    const person = await proven(server);
    const [agent, name] = ["<img src=x onerror=alert(1)> Firefox/1", "\"><svg onload=alert(1)>"];
    const elsewhere = await open({ userAgent: agent });
    await enter(elsewhere, person);
    const phone = await open();
    await phone.goto("/phone");
    await phone.fill("#code", await pairingCode(server, person));
    await phone.fill("#name", name);
    await phone.keyboard.press("Enter");
    await phone.locator('.live[data-live="online"]').waitFor();
    assert.ok((await readAsText(phone)).includes(name));
    const page = await open();
    await enter(page, person);
    for (const path of [...OWN, "/dev/mail", "/dev/sms"]) {
        await page.goto(path);
        await readAsText(page);
    }
    await page.goto("/account/devices");
    assert.ok((await readAsText(page)).includes(name));
});

test("what stands in an address is text on the page that refuses it", async ({ open, server, allow }) => {
    allow(status(400), status(404));
    const page = await open();
    await enter(page, await registered(server));
    for (const [index, text] of LONG.entries()) {
        const hostile = encodeURIComponent(text);
        const filter = `from=${hostile}&to=${hostile}&state=${hostile}&provider=${hostile}`;
        await page.goto([`/history?${filter}`, `/history/${hostile}`, `/${hostile}`][index % 3]);
        await readAsText(page);
        await page.context().request.post("/demo/ask", { form: { phone_number: text } });
    }
    await page.goto("/demo");
    await page.frameLocator(".demo-frame").locator(".live").first().waitFor({ state: "attached" });
    await readAsText(page);
});

/** A provider of this name: what it asks with. */
async function provider(server, key, name) {
    const body = { name, delivery: "poll", site_code: "EVIL" };
    const made = await server.call("POST", "/api/v1/providers/", { token: key, body });
    return { client_id: made.client_id ?? made.provider.client_id, client_secret: made.client_secret };
}

test("hostile providers and messages are text in a person's history and on their phone", async ({ open, server }) => {
    const key = await token(server, { username: "admin", password: "Hanok-2026-demo!" });
    const person = await proven(server);
    const phone = await pairedPhone(open, server, person);
    const asked = [];
    for (const [index, name] of LONG.entries()) {
        const binding_message = SHORT[index % SHORT.length];
        const credentials = await provider(server, key, name);
        asked.push({ name, binding_message, ...(await ask(server, person, { ...credentials, binding_message })) });
        await phone.locator(".phone-screen").getByText(name, { exact: false }).first().waitFor();
        await readAsText(phone);
    }
    const page = await open();
    await enter(page, person);
    for (const { name, binding_message, transaction_id } of asked) {
        await page.goto(`/history/${transaction_id}`);
        const text = await readAsText(page);
        assert.ok(text.includes(name) && text.includes(binding_message), `${name}, ${binding_message}: ${text}`);
    }
    for (const path of OWN) {
        await page.goto(path);
        await readAsText(page);
    }
    await page.goto("/history");
    const text = await readAsText(page);
    assert.ok(asked.some(({ name }) => text.includes(name)), text);
}, { seconds: 100 });

test("hostile titles, texts, comments and names of files are text on the board", async ({ another, at }) => {
    const server = await another();
    const visit = at(server);
    const { person, page } = await member((options) => visit.open(options), server, LONG[0]);
    const key = await token(server, person);
    const { request } = page.context();
    for (const text of LONG) {
        const path = await posted(server, person, text, `${text}\n\n![${text}](${text}) [${text}](${text})`);
        await server.call("POST", `/api/v1/posts${path.slice(5)}/comments`, { token: key, body: { content: text } });
        const file = { ...PDF, name: `${text.replaceAll(/[/\r\n]/g, "-")}.pdf` };
        await request.post(`${path}/file`, { multipart: { title: text, content: text, file } });
        await page.goto(path);
        assert.ok((await readAsText(page)).includes(text), text);
        assert.ok((await page.locator(".comment-text").innerText()).length > 0, text);
        await page.goto(`${path}/edit`);
        await page.click("[data-board-look-button]");
        await page.locator("#preview:not(:empty)").waitFor();
        await readAsText(page);
    }
    for (const path of ["/posts", "/search?q=alert", "/search?q=onerror"]) {
        await page.goto(path);
        await readAsText(page);
    }
}, { seconds: 150 });
