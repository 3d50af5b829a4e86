// One's own account: what each page changes, and what it asks before.
import assert from "node:assert/strict";
import { ask, enter, isSignedIn, proven, registered, signIn } from "../house/people.mjs";
import { calm, pairedPhone } from "../house/phone.mjs";
import { test } from "../house/suite.mjs";

const said = (page) => page.locator(".alert-success").waitFor();

test("a new password ends the other places and is the one that counts", async ({ open, server }) => {
    const person = await registered(server);
    const here = await open();
    const there = await open();
    await enter(here, person);
    await enter(there, person);
    await here.goto("/account/password");
    const inputs = await here.locator('form[action="/account/password"] input:not([type="hidden"])').all();
    const next = "Dalbit-2026-gil!";
    for (const [index, input] of inputs.entries()) await input.fill(index === 0 && inputs.length > 2 ? person.password : next);
    await here.click('form[action="/account/password"] .btn-primary');
    await said(here);
    assert.ok(await isSignedIn(here));
    assert.ok(!(await isSignedIn(there)));
    await there.goto("/login");
    await signIn(there, { ...person, password: next });
});

test("the places of an account are listed, and the others end by one button", async ({ open, server }) => {
    const person = await registered(server);
    const here = await open();
    const there = await open();
    await enter(here, person);
    await enter(there, person);
    await there.goto("/account");
    await here.goto("/account/sessions");
    assert.ok((await here.locator('form[action$="/end"]').count()) >= 1);
    await here.click('form[action="/account/sessions/end-others"] .btn');
    await said(here);
    assert.equal(await here.locator('form[action$="/end"]').count(), 0);
    assert.ok(await isSignedIn(here));
    assert.ok(!(await isSignedIn(there)));
    await there.goto("/account");
    assert.equal(new URL(there.url()).pathname, "/login");
    assert.equal(new URL(there.url()).searchParams.get("next"), "/account");
    await signIn(there, person);
    assert.equal(new URL(there.url()).pathname, "/account");
});

test("a phone is taken away once that is confirmed, and falls silent", async ({ open, server, allow }) => {
    allow(/^answer: 401 .*\/pending/, /status of 401 .*\/pending/);
    const person = await proven(server);
    const phone = await pairedPhone(open, server, person);
    const page = await open();
    await enter(page, person);
    await page.goto("/account/devices");
    const confirm = page.locator('form[action$="/revoke"] .btn');
    assert.ok(!(await confirm.isVisible()));
    await page.click(".row-ask > summary");
    await confirm.click();
    await said(page);
    assert.equal(await page.locator('form[action$="/revoke"]').count(), 0);
    await calm(phone, "device-mobile-off");
});

test("nobody signed in is led to sign in and back, on every page of one's own", async ({ open, server }) => {
    const person = await registered(server);
    for (const path of ["/account", "/account/devices", "/history?from=2026-01-01", "/dashboard"]) {
        const page = await open();
        await page.goto(path);
        assert.equal(new URL(page.url()).pathname, "/login", path);
        await signIn(page, person);
        const { pathname, search } = new URL(page.url());
        assert.equal(pathname + search, path);
        await page.context().close();
    }
});

test("where no phone is paired the portal approves, and a wrong number ends the request", async ({ open, server }) => {
    const person = await proven(server);
    const page = await open();
    await enter(page, person);
    for (const isRight of [true, false]) {
        const asked = await ask(server, person);
        await page.goto(`/history/${asked.transaction_id}`);
        const choice = isRight ? { hasText: asked.binding_code } : { hasNotText: asked.binding_code };
        await page.locator(".form-selectgroup-label", choice).first().click();
        await page.locator('form[action$="/approve"] .pin-input').fill(person.pin);
        await page.click('form[action$="/approve"] .btn-primary');
        await page.locator(isRight ? ".alert-success" : ".alert-danger").waitFor();
        await page.locator(`.badge-state.state-${isRight ? "completed" : "failed"}`).first().waitFor();
    }
    await pairedPhone(open, server, person);
    const asked = await ask(server, person);
    await page.goto(`/history/${asked.transaction_id}`);
    assert.equal(await page.locator('form[action$="/approve"]').count(), 0, "the phone answers");
});

test("the history is filtered by state, provider and period, and says when nothing is left", async ({ open, server }) => {
    const person = await proven(server);
    const page = await open();
    await enter(page, person);
    await page.goto("/history");
    await page.locator(".empty").waitFor();
    const denied = await ask(server, person);
    await server.call("POST", "/api/v1/auth/deny/", { body: { transaction_id: denied.transaction_id } });
    await ask(server, person);
    await page.goto("/history");
    assert.equal(await page.locator("tbody tr").count(), 2);
    const options = await page.locator("#state option").evaluateAll((all) => all.map((one) => one.value).filter((one) => one !== ""));
    let shown = 0;
    for (const state of options) {
        await page.selectOption("#state", state);
        await page.click(".filters .btn");
        assert.equal(await page.inputValue("#state"), state);
        shown += await page.locator("tbody tr").count();
    }
    assert.ok(shown >= 2, "each request has a state");
    await page.goto("/history?from=2001-01-01&to=2001-01-02");
    await page.locator(".empty").waitFor();
});
