// What those who run the organisation do to an account, and what its person sees of it.
import assert from "node:assert/strict";
import { LONG, readAsText } from "../house/hostile.mjs";
import { visit, whole } from "../house/look.mjs";
import { DEMO_PEOPLE, enter, isSignedIn, proven, registered, signIn, token } from "../house/people.mjs";
import { test } from "../house/suite.mjs";
import { status } from "../house/visit.mjs";

const { superAdmin } = DEMO_PEOPLE;

const idOf = async (server, person) => (await server.call("GET", "/api/v1/me", { token: await token(server, person) })).id;

/** Does something to this person's account in the name of the super_admin, or of another. */
async function act(server, person, what, body, by = superAdmin) {
    const id = await idOf(server, person);
    return server.call("POST", `/api/v1/users/${id}/${what}`, { token: await token(server, by), body });
}

test("a super_admin makes somebody an admin and a user again, and the console follows", async ({ open, server, allow }) => {
    const [person, other] = [await registered(server, { name: "오세훈별" }), await registered(server)];
    const admin = await open();
    await enter(admin, superAdmin);
    const holders = async () => {
        await visit(admin, "/admin/roles/admin");
        return admin.locator("main").innerText();
    };
    await visit(admin, "/admin/roles");
    assert.ok(!(await holders()).includes(person.username));
    await act(server, person, "promote");
    assert.ok((await holders()).includes(person.username));

    const theirs = await open();
    await enter(theirs, person);
    await visit(theirs, "/dashboard");
    await theirs.locator('a[href="/admin"]').first().click();
    await theirs.waitForURL("**/admin");
    await whole(theirs);
    await visit(theirs, "/admin/roles");
    assert.equal(await theirs.locator('a[href="/admin/roles/new"]').count(), 0, "an admin reads roles");
    await assert.rejects(act(server, other, "promote", undefined, person), /: 403 /, "an admin makes no admins");
    await act(server, other, "promote");
    await assert.rejects(act(server, other, "demote", undefined, person), /: 403 /, "nor takes it from another");
    await act(server, other, "demote");

    await act(server, person, "demote");
    assert.ok(!(await holders()).includes(person.username));
    allow(status(403));
    const again = await open();
    await enter(again, person);
    assert.equal((await again.goto("/admin")).status(), 403);
    await whole(again);
    assert.ok((await theirs.goto("/admin")).status() === 403 || !(await isSignedIn(theirs)), "the place where they were signed in too");
    await again.goto("/dashboard");
    assert.equal(await again.locator('a[href^="/admin"]').count(), 0);
    await visit(again, "/account/privacy");
    assert.ok((await again.locator("main").innerText()).includes("이도윤"));
}, { seconds: 100 });

test("whose number was looked at reads who did, when and why", async ({ open, server }) => {
    const person = await proven(server);
    const page = await open();
    await enter(page, person);
    await visit(page, "/account/privacy");
    await page.locator("section[aria-labelledby=looks] .empty").waitFor();
    await assert.rejects(act(server, person, "reveal", { field: "phone_number", reason: "" }), /: 400 /, "without a reason");
    const reason = `본인 확인 전화: ${LONG[0]}`;
    const { value } = await act(server, person, "reveal", { field: "phone_number", reason });
    assert.equal(value.replaceAll(/\D/g, "").slice(-8), person.phone.replaceAll(/\D/g, "").slice(-8));
    await page.goto("/account/privacy");
    await readAsText(page);
    await whole(page);
    const look = page.locator("section[aria-labelledby=looks] .row-item");
    assert.equal(await look.count(), 1, "what was refused showed nothing");
    const said = await look.innerText();
    for (const word of ["이도윤", "휴대폰 번호", reason]) assert.ok(said.includes(word), `${word}: ${said}`);
    assert.ok(!said.includes(value), "the number itself is not on the record");
    await visit(page, "/account/privacy?what=looks");
}, { seconds: 80 });

test("five wrong passwords lock an account until an admin lifts it", async ({ open, server }) => {
    const person = await registered(server);
    const id = await idOf(server, person);
    const page = await open();
    const tryIn = async (password) => {
        await page.goto("/login");
        await page.fill("#user_id", person.username);
        await page.fill("#password", password);
        await page.click('form[action="/login"] .btn-primary');
        await page.locator('main [role="alert"], main .error-summary').first().waitFor();
        return page.locator("main").innerText();
    };
    for (let tries = 0; tries < 5; tries += 1) await tryIn("Wrong-tree-7");
    assert.ok((await tryIn(person.password)).includes("잠"), "it says that the account is locked");
    assert.ok(!(await isSignedIn(page)), "the right password opens nothing now");
    await whole(page);
    const key = await token(server, superAdmin);
    const { password_locked } = await server.call("GET", `/api/v1/users/${id}`, { token: key });
    assert.equal(password_locked, true);
    await server.call("POST", `/api/v1/users/${id}/unlock`, { token: key });
    await page.goto("/login");
    await signIn(page, person);
    assert.ok(await isSignedIn(page));
    await visit(page, "/account/privacy");
    assert.ok((await page.locator("main").innerText()).includes("잠금 해제"));
});
