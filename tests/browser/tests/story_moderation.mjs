// A board is looked after: what everybody must read, what was reported, hidden, locked, and who may not write.
import assert from "node:assert/strict";
import { NOTICE, member, more, posted, said, unfold } from "../house/board.mjs";
import { visit, whole } from "../house/look.mjs";
import { DEMO_PEOPLE, enter } from "../house/people.mjs";
import { test } from "../house/suite.mjs";
import { status } from "../house/visit.mjs";

/** The page of somebody who moderates. */
async function moderator(open) {
    const page = await open();
    await enter(page, DEMO_PEOPLE.superAdmin);
    return page;
}

async function announce(page, title) {
    await page.goto("/post/new");
    await page.selectOption("#category_id", { label: NOTICE });
    await page.fill("#title", title);
    await page.fill("#content", "이번 주까지 읽어 주세요.");
    await page.click('.board-form [value="publish"]');
    await page.waitForURL("**/posts");
    await page.click(`.board-row-link:has-text("${title}")`);
    for (const act of ["pin", "must-read"]) {
        await more(page);
        await page.click(`form[action$="/${act}"] .btn`);
        await said(page);
    }
    return new URL(page.url()).pathname;
}

test("what must be read is asked of its readers, and whoever asked sees who has read it", async ({ open, another, at }) => {
    const server = await another();
    const there = at(server);
    const opened = (options) => there.open(options);
    const boss = await moderator(opened);
    const path = await announce(boss, "비상구 안내");
    await more(boss);
    await whole(boss);
    const { person: reader, page } = await member(opened, server, "문새벽");
    const { person: other } = await member(opened, server, "강노을");
    await page.goto("/posts");
    assert.equal(await page.locator(`.board-pinned [href="${path}"]`).count(), 1);
    assert.equal(await page.locator(`.board-row-link[href="${path}"]`).count(), 1, "what is pinned stands there once");
    await page.click('.alert-warning [href="/posts/must-read"]');
    await whole(page);
    await page.click(`.board-row-link[href="${path}"]`);
    assert.equal(await page.locator('a[href$="/readers"]').count(), 0);
    await whole(page);
    await page.goto("/posts/must-read");
    assert.equal(await page.locator(`.board-row-link[href="${path}"]`).count(), 0);

    await more(boss);
    await boss.click('a[href$="/readers"]');
    await whole(boss);
    const people = () => boss.locator("tbody").innerText();
    assert.ok((await people()).includes(reader.username));
    assert.ok(!(await people()).includes(other.username));
    await boss.click('.tab[href$="read=no"]');
    assert.ok((await people()).includes(other.username));
    assert.ok(!(await people()).includes(reader.username));
    await boss.click('form[action$="/remind"] .btn');
    await said(boss);
    await whole(boss);
    await boss.click('form[action$="/remind"] .btn');
    await boss.locator(".alert-danger").waitFor();
}, { seconds: 120 });

test("what was reported is hidden with a reason that its author reads, and is shown again", async ({ open, server, allow }) => {
    const { person: author, page: theirs } = await member(open, server, "조약돌");
    const { page } = await member(open, server, "송이담");
    const boss = await moderator(open);
    const path = await posted(server, author, "지나친 광고", "여기로 오세요.");
    await page.goto(path);
    await more(page);
    const report = await unfold(page, ".board-act");
    await whole(page);
    await report.locator("input").fill("광고입니다");
    await report.locator(".btn-primary").click();
    await said(page);
    await visit(boss, "/admin");
    await boss.click('main a[href="/admin/moderation"]');
    const row = boss.locator("tbody tr", { has: boss.locator(`a[href="${path}"]`) });
    await row.waitFor();
    await unfold(boss, `tr:has(a[href="${path}"]) .board-act`);
    await whole(boss);
    await row.locator('form[action$="/hide"] .btn').click();
    await said(boss);
    assert.equal(await row.count(), 0);
    await visit(boss, "/admin/moderation?state=closed");
    assert.equal(await row.count(), 1);

    await visit(theirs, path);
    assert.ok((await theirs.locator(".board-post .alert-warning").innerText()).includes("광고입니다"));
    allow(status(404));
    assert.equal((await page.goto(path)).status(), 404);
    await boss.goto(path);
    await more(boss);
    await boss.click('form[action$="/show"] .btn');
    await said(boss);
    assert.equal((await page.goto(path)).status(), 200);
    await theirs.reload();
    assert.equal(await theirs.locator(".board-post .alert-warning").count(), 0);
});

test("nobody adds to a post that is locked, and it opens again", async ({ open, server }) => {
    const { person, page } = await member(open, server, "유채꽃");
    const boss = await moderator(open);
    const path = await posted(server, person, "끝난 이야기");
    await boss.goto(path);
    await more(boss);
    await boss.click('form[action$="/lock"] .btn');
    await said(boss);
    await whole(boss);
    await visit(page, path);
    assert.equal(await page.locator(".comment-form").count(), 0);
    const late = await page.context().request.post(`${path}/comment`, { form: { content: "그래도 한마디" } });
    assert.ok((await late.text()).includes("잠긴 글입니다"));
    await more(boss);
    await boss.click('form[action$="/unlock"] .btn');
    await said(boss);
    await page.goto(path);
    await page.locator(".comment-form").waitFor();
    assert.equal(await page.locator(".comment").count(), 0);
});

test("whoever is kept from writing reads on, and writes again once released", async ({ open, server, allow }) => {
    allow(status(409));
    const { person, page } = await member(open, server, "도라지");
    const boss = await moderator(open);
    const path = await posted(server, person, "도라지의 글");
    await boss.goto("/admin/moderation/restrictions");
    await boss.fill("#username", "nobody-at-all");
    await boss.fill("#reason", "광고를 되풀이했습니다.");
    const send = 'form[action="/admin/moderation/restrictions"] .btn-primary';
    await boss.click(send);
    await boss.locator("#username-error").waitFor();
    await whole(boss);
    await boss.fill("#username", person.username);
    await boss.click(send);
    await said(boss);
    await whole(boss);
    await page.goto(path);
    await page.fill(".comment-form #content", "써 보겠습니다.");
    await page.click(".comment-form .btn-primary");
    await page.locator(".alert-danger").waitFor();
    assert.equal(await page.inputValue(".comment-form #content"), "써 보겠습니다.", "what was typed is kept");
    await whole(page);
    const row = boss.locator("tbody tr", { hasText: person.username });
    await row.locator(".btn").click();
    await said(boss);
    assert.equal(await row.count(), 0);
    await page.click(".comment-form .btn-primary");
    await page.locator(".comment-text", { hasText: "써 보겠습니다." }).waitFor();
});
