// An organisation is built: departments with a manager, a team with a leader, and what the manager then sees.
import assert from "node:assert/strict";
import { founded, entered } from "../house/founded.mjs";
import { visit, whole } from "../house/look.mjs";
import { registered, token } from "../house/people.mjs";
import { test } from "../house/suite.mjs";
import { status } from "../house/visit.mjs";

const said = (page) => page.locator(".alert-success").waitFor();
const table = (page) => page.locator("tbody").innerText();

/** Makes a department by the form; the address of its page. */
async function department(page, { name, above = "", manager = "" }) {
    await page.goto("/admin/departments");
    await page.click(".page-head-actions .btn-primary");
    await page.fill("#name", name);
    if (above !== "") await page.selectOption("#parent_id", { label: above });
    await page.fill("#manager_id", manager);
    await page.click('form[action="/admin/departments"] .btn-primary');
    await said(page);
    return new URL(page.url()).pathname;
}

async function place(page, path, person) {
    await page.goto(path);
    await page.fill("#username", person.username);
    await page.click(`form[action="${path}/members"] .btn`);
    await said(page);
    assert.ok((await table(page)).includes(person.name));
}

/** The founder makes somebody a manager. */
async function makeManager(server, founder, person) {
    const { id } = await server.call("GET", "/api/v1/me", { token: await token(server, person) });
    await server.call("POST", `/api/v1/users/${id}/roles`, { token: await token(server, founder), body: { role: "manager" } });
}

/** Four departments, three of them in a tree, with their people; the addresses of their pages. */
async function buildDepartments(page, [leader, one, two, stranger]) {
    await visit(page, "/admin/departments");
    const top = await department(page, { name: "별빛 협동조합" });
    await page.goto("/admin/departments/new");
    await page.fill("#name", "서점");
    await page.fill("#manager_id", "nobody-at-all");
    await page.click('form[action="/admin/departments"] .btn-primary');
    await page.locator("#manager_id-error").waitFor();
    await whole(page);
    const led = await department(page, { name: "서점", above: "별빛 협동조합", manager: leader.username });
    const below = await department(page, { name: "온라인 서점", above: "별빛 협동조합 › 서점" });
    const beside = await department(page, { name: "인쇄소", above: "별빛 협동조합" });
    for (const [path, person] of [[led, leader], [below, one], [beside, stranger], [led, two]]) await place(page, path, person);
    await whole(page);
    await visit(page, top);
    await visit(page, "/admin/departments");
    for (const name of ["서점", "온라인 서점", "인쇄소", leader.name]) assert.ok((await table(page)).includes(name), name);
    await page.goto(led);
    await page.locator(`tr:has-text("${two.username}") form .btn`).click();
    await said(page);
    assert.ok(!(await table(page)).includes(two.username));
    assert.equal(await page.locator(".timeline-item").count(), 3, "who has left stays in the history");
    await place(page, below, two);
    return { led, below, beside };
}

/** A team with a leader and two members, and one that is nobody's; the address of the first. */
async function buildTeams(page, [leader, one, two]) {
    await visit(page, "/admin/teams");
    await visit(page, "/admin/teams/new");
    await page.fill("#name", "가을 책 축제");
    await page.fill("#leader_id", leader.username);
    await page.fill("#members", `${one.username}\nnobody-at-all`);
    await page.click('form[action="/admin/teams"] .btn-primary');
    await page.locator("#members-error").waitFor();
    assert.ok((await page.inputValue("#members")).includes(one.username), "what was typed is kept");
    await whole(page);
    await page.fill("#members", one.username);
    await page.click('form[action="/admin/teams"] .btn-primary');
    await said(page);
    const team = new URL(page.url()).pathname;
    await page.fill("#username", two.username);
    await page.click(`form[action="${team}/members"] .btn`);
    await said(page);
    assert.equal(await page.locator(`form[action^="${team}/members/"]`).count(), 2);
    assert.ok((await page.locator(".facts").innerText()).includes(leader.name));
    await whole(page);
    await page.goto("/admin/teams/new");
    await page.fill("#name", "창고 정리");
    await page.click('form[action="/admin/teams"] .btn-primary');
    await said(page);
    return team;
}

/** What a manager sees: the part they lead, whole, and nothing beside it. */
async function managerSees(page, { led, below }) {
    await visit(page, "/admin");
    await visit(page, "/admin/departments");
    const seen = await table(page);
    assert.ok(seen.includes("서점") && seen.includes("온라인 서점"));
    assert.equal(await page.locator("tbody .row-link").count(), 2);
    assert.equal(await page.locator(".page-head-actions").count(), 0);
    await visit(page, led);
    await visit(page, below);
    assert.equal(await page.locator(`form[action="${below}/members"]`).count(), 0, "a manager moves nobody");
    await visit(page, "/admin/teams");
    assert.equal(await page.locator("tbody tr").count(), 1);
}

test("an organisation is built, and its manager sees and changes the part they lead", async ({ another, at }) => {
    const house = await founded(another, at);
    const people = [];
    for (const name of ["최민준", "김하늘", "박서연", "정하은"]) people.push(await registered(house.server, { name }));
    const [leader, , two] = people;
    await makeManager(house.server, house.founder, leader);
    const departments = await buildDepartments(house.page, people);
    const team = await buildTeams(house.page, people);

    const theirs = await entered(house, leader);
    await managerSees(theirs, departments);
    await theirs.click("tbody .row-link");
    await whole(theirs);
    await theirs.locator(`form[action^="${team}/members/"] .btn`, { hasText: two.name }).click();
    await said(theirs);
    assert.equal(await theirs.locator(`form[action^="${team}/members/"]`).count(), 1, "who leads a team changes it");
    assert.equal(await theirs.locator(`form[action="${team}/close"]`).count(), 0, "but does not close it");
    house.visit.allow(status(404), status(403));
    assert.equal((await theirs.goto(departments.beside)).status(), 404);
    await whole(theirs);
    assert.equal((await theirs.goto("/admin/departments/new")).status(), 403);
    await whole(theirs);
    house.receiver.close();
}, { seconds: 200 });
