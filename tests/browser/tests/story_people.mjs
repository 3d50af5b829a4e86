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

/** Somebody new who runs people: their pages speak as the browser does, whatever others choose meanwhile. */
async function anAdmin(server) {
    const person = await registered(server, { name: "남가람" });
    await act(server, person, "promote");
    return person;
}

/** Signs somebody in who runs people, looks for the person in the console and opens what it has of them. */
async function found(page, { username }, by) {
    await enter(page, by);
    await visit(page, "/admin/people");
    await page.fill("#q", username);
    await Promise.all([page.waitForURL(/[?&]q=/), page.locator("form.filters button").first().click()]);
    await page.locator('main td a[href^="/admin/people/"]').first().click();
    await page.waitForURL(/\/admin\/people\/[0-9a-f-]{36}$/);
    await whole(page);
    return page;
}

/** Presses what does this to the person whose page is open, and waits for the page that follows. */
async function press(page, what, button = "button") {
    const [answer] = await Promise.all([
        page.waitForResponse((one) => one.request().method() === "POST"),
        page.locator(`form[action$="/${what}"] ${button}`).first().click(),
    ]);
    await page.waitForLoadState();
    return answer;
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
    const desk = await found(await open(), person, await anAdmin(server));
    assert.ok((await desk.locator("dl.facts").first().innerText()).includes("잠"));
    await press(desk, "unlock", "button[value=password]");
    assert.equal(await desk.locator('form[action$="/unlock"]').count(), 0);
    await whole(desk);
    await page.goto("/login");
    await signIn(page, person);
    assert.ok(await isSignedIn(page));
    await visit(page, "/account/privacy");
    assert.ok((await page.locator("main").innerText()).includes("잠금 해제"));
});

test("an admin is made and unmade on a person's page, and a password that was lost is made anew", async ({ open, server }) => {
    const person = await registered(server, { name: "문하람" });
    const desk = await found(await open(), person, superAdmin);
    await press(desk, "promote");
    await desk.locator('form[action$="/demote"]').waitFor();
    assert.ok(await desk.locator("#role-2").isChecked(), "the form of roles says so as well");
    await press(desk, "demote");
    await desk.locator('form[action$="/promote"]').waitFor();

    await press(desk, "password", "button[value=temporary]");
    await whole(desk);
    const temporary = (await desk.locator("main code").first().innerText()).trim();
    await desk.goto(new URL(desk.url()).pathname.replace(/\/password$/, ""));
    assert.ok(!(await desk.locator("main").innerText()).includes(temporary), "it is shown once");
    const page = await open();
    await page.goto("/login");
    await signIn(page, { username: person.username, password: temporary });
    assert.equal(new URL(page.url()).pathname, "/password/reset/new", "another is chosen first");
    await whole(page);
}, { seconds: 80 });

test("a file of people is looked at row by row before anybody is made of it", async ({ open, server }) => {
    const desk = await open();
    await enter(desk, await anAdmin(server));
    const stamp = Date.now().toString(36);
    const rows = [
        "username,name,email,birthdate,phone_number,department,roles",
        `new-${stamp},새하늘,new-${stamp}@example.com,1990-02-03,010-3333-${stamp.slice(0, 4).replaceAll(/\D/g, "7")},연구소,`,
        "admin,이누리,,,,연구소,",
        "x,,bad,1990-13-03,1,연구소,boss",
        `fx-${stamp},=1+1,,,,연구소,manager`,
    ];
    await visit(desk, "/admin/people/import");
    const file = { name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(rows.join("\r\n")) };
    await desk.setInputFiles("#file", file);
    await Promise.all([desk.waitForURL(/import\/[0-9a-f-]{36}$/), desk.locator('form[action$="/import"] .btn-primary').click()]);
    await whole(desk);
    const fate = async (line) => desk.locator("main tbody tr").nth(line - 2).innerText();
    assert.ok((await fate(2)).includes("만듭니다"));
    for (const line of [3, 4]) assert.ok((await fate(line)).includes("뺍니다"), await fate(line));
    for (const column of ["username", "name", "email", "birthdate", "phone_number", "roles"]) {
        assert.ok((await fate(4)).includes(column), column);
    }
    const users = async () => (await server.call("GET", `/api/v1/users?q=${stamp}`, { token: await token(server, superAdmin) })).users;
    assert.deepEqual(await users(), [], "nobody is made yet");
    await desk.locator('main form[action*="/import/"] .btn-primary').first().click();
    for (let tries = 0; (await users()).length < 2; tries += 1) {
        assert.ok(tries < 50, "the good rows become people");
        await new Promise((done) => { setTimeout(done, 200); });
    }
    await desk.reload();
    await whole(desk);
    const left = await desk.locator("main tbody tr td:first-child").allInnerTexts();
    assert.deepEqual(left.map((line) => line.trim()), ["3", "4"], "what was left out stays to be read");
    await visit(desk, `/admin/people?q=${stamp}`);
    assert.equal(await desk.locator("main tbody tr").count(), 2);
    const csv = await (await desk.context().request.get(`/admin/people/export?q=${stamp}`)).text();
    assert.ok(csv.includes(`fx-${stamp},'=1+1,`), csv);
}, { seconds: 80 });
