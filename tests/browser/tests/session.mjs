// The end of a session that nobody uses.
import assert from "node:assert/strict";
import { findings } from "../house/axe.mjs";
import { enter, isSignedIn, registered } from "../house/people.mjs";
import { AWAY } from "../house/visit.mjs";
import { test } from "../house/suite.mjs";

test("a session about to end warns, is kept by one press, and ends by itself", async ({ another, at }) => {
    // One minute is the shortest there is: the warning begins with it.
    const server = await another(["accounts.session_idle_minutes=1"]);
    const visit = at(server);
    const page = await visit.open();
    await enter(page, await registered(server));
    await page.goto("/register");
    const dialog = page.locator("#session-dialog");
    await dialog.waitFor();
    const left = Number(await page.textContent("[data-session-left]"));
    assert.ok(left > 30 && left <= 60, `${left}`);
    assert.ok(await page.evaluate(() => document.getElementById("session-dialog").contains(document.activeElement)));
    assert.deepEqual(await findings(page), []);
    const before = await end(page);
    await page.click("[data-session-stay]");
    await page.locator(".toast-note").waitFor();
    assert.ok((await end(page)) > before, "the end has moved");
    await page.waitForURL("**/login?next=%2Fregister", { timeout: 80_000 });
    assert.ok(!(await isSignedIn(page)));
}, { seconds: 110 });

async function end(page) {
    const answer = await page.context().request.get("/session", { headers: { "X-Hanok-Background": "1" } });
    return Date.parse((await answer.json()).idle_expires_at);
}

test("a session outlives the server", async ({ another, at }) => {
    const server = await another();
    const visit = at(server);
    visit.allow(AWAY);
    const page = await visit.open();
    await enter(page, await registered(server));
    await page.goto("/register");
    await server.kill();
    await server.again();
    assert.ok(await isSignedIn(page));
    await page.reload();
    await page.locator("#session-dialog").waitFor({ state: "attached" });
}, { seconds: 70 });
