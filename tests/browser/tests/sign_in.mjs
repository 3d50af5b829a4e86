// Registering, signing in and out.
import assert from "node:assert/strict";
import { enter, isSignedIn, registered, signIn, stranger } from "../house/people.mjs";
import { test } from "../house/suite.mjs";

test("who registers is led to sign in, and then is in", async ({ open }) => {
    const page = await open();
    const person = stranger();
    await page.goto("/register");
    await page.fill("#name", person.name);
    await page.fill("#user_id", person.username);
    await page.fill("#password", person.password);
    await page.fill("#password_confirm", person.password);
    await page.fill("#birthdate", "1987-06-25");
    await page.fill("#email", `${person.username}@example.com`);
    await page.locator("#phone_number").pressSequentially(person.phone.replaceAll("-", ""));
    assert.equal(await page.inputValue("#phone_number"), person.phone);
    await page.click('form[action="/register"] .btn-primary');
    await page.waitForURL("**/login");
    await page.locator(".alert-success").waitFor();
    assert.equal(await page.inputValue("#user_id"), person.username);
    await page.reload();
    assert.equal(await page.locator(".alert-success").count(), 0, "it is said once");
    await signIn(page, person);
    assert.ok(await isSignedIn(page));
});

test("a refused registration keeps what was typed but no password, and stands at the first fault", async ({ open }) => {
    const page = await open();
    const person = stranger();
    await page.goto("/register");
    await page.fill("#name", person.name);
    await page.fill("#user_id", "x");
    await page.fill("#password", "short");
    await page.fill("#password_confirm", "other");
    await page.click('form[action="/register"] .btn-primary');
    await page.locator(".error-summary").waitFor();
    assert.equal(await page.inputValue("#name"), person.name);
    assert.equal(await page.inputValue("#password"), "");
    for (const name of ["user_id", "password"]) {
        assert.equal(await page.getAttribute(`#${name}`, "aria-invalid"), "true");
        const described = await page.getAttribute(`#${name}`, "aria-describedby");
        assert.ok(described.split(" ").includes(`${name}-error`), described);
        assert.notEqual(await page.textContent(`#${name}-error`), "");
    }
    assert.equal(await page.evaluate(() => document.activeElement.id), "user_id");
    await page.click('.error-summary a[href="#password"]');
    assert.ok(await page.locator("#password").evaluate((field) => field.getBoundingClientRect().top >= 0));
});

test("a wrong password says so, keeps the name and opens nothing", async ({ open, server }) => {
    const page = await open();
    const person = await registered(server);
    await page.goto("/login");
    await page.fill("#user_id", person.username);
    await page.fill("#password", "Wrong-tree-7");
    await page.click('form[action="/login"] .btn-primary');
    await page.locator('[role="alert"]').waitFor();
    assert.equal(await page.inputValue("#user_id"), person.username);
    assert.equal(await page.inputValue("#password"), "");
    assert.ok(!(await isSignedIn(page)));
});

test("signing in leads on to a page of ours and to no other place", async ({ open, server }) => {
    const person = await registered(server);
    const inside = await open();
    await inside.goto("/login?next=%2Fregister%3Fa%3D1");
    await signIn(inside, person);
    assert.equal(inside.url(), `${server.url}/register?a=1`);
    for (const foreign of ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]) {
        const page = await open();
        await page.goto(`/login?next=${encodeURIComponent(foreign)}`);
        await signIn(page, person);
        assert.equal(new URL(page.url()).origin, server.url, foreign);
        await page.context().close();
    }
});

test("signing out in one tab ends the other", async ({ open, server }) => {
    const person = await registered(server);
    const one = await open();
    await enter(one, person);
    // A page of the frame that everybody has; the dialog tells that somebody is signed in.
    await one.goto("/register");
    await one.locator("#session-dialog").waitFor({ state: "attached" });
    const other = await one.context().newPage();
    await other.goto("/logout");
    await other.waitForURL("**/login");
    await one.waitForURL("**/login?next=%2Fregister");
    assert.ok(!(await isSignedIn(one)));
});

test("another site can neither sign out nor sign in", async ({ open, server, allow }) => {
    const person = await registered(server);
    const page = await open();
    await enter(page, person);
    const elsewhere = server.url.replace("localhost", "127.0.0.1");
    allow(/^elsewhere: http:\/\/127\.0\.0\.1/, /403/);
    await page.context().route(`${elsewhere}/evil`, (route) =>
        route.fulfill({
            contentType: "text/html",
            body: `<a href="${server.url}/logout">x</a><form method="post" action="${server.url}/login"><input name="user_id" value="a"><button>x</button></form>`,
        }),
    );
    await page.goto(`${elsewhere}/evil`);
    await page.click("a");
    await page.locator('form[action="/logout"]').waitFor();
    assert.ok(await isSignedIn(page));
    await page.goto(`${elsewhere}/evil`);
    const [answer] = await Promise.all([page.waitForResponse(`${server.url}/login`), page.click("button")]);
    assert.equal(answer.status(), 403);
    assert.ok(await isSignedIn(page));
});
