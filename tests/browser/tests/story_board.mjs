// A post: written with a draft and files, edited by two at once, deleted and restored, found again, by keyboard.
import assert from "node:assert/strict";
import { PDF, SECRET, TALK, member, more, picture, posted, said } from "../house/board.mjs";
import { enterTo, focusIsOn, focusIsSeen, skip, tabTo } from "../house/keys.mjs";
import { visit, whole } from "../house/look.mjs";
import { test } from "../house/suite.mjs";
import { status } from "../house/visit.mjs";

const title = (page) => page.locator("h1").innerText();
const kept = (page) => page.locator("[data-board-kept]:not(:empty)").waitFor();
const publish = (page) => page.click('.board-form [value="publish"]');

async function attach(page, file) {
    await page.setInputFiles("#file", file);
    await page.click('.board-form [formaction$="/file"]');
    await page.waitForLoadState();
}

/** Begins a post and leaves the page before it is sent. */
async function begun(page) {
    await page.goto("/posts");
    await page.click(".page-head-actions .btn-primary");
    await publish(page);
    await page.locator("#title-error").waitFor();
    await whole(page);
    await page.selectOption("#category_id", { label: TALK });
    await page.fill("#title", "가을 나들이 사진");
    await page.fill("#content", "**은행나무길**을 걸었습니다.");
    await kept(page);
    await page.fill("#content", "**은행나무길**을 다 같이 걸었습니다.");
    await page.goto("/posts");
}

test("a post is written with a draft that comes back, a preview and files", async ({ open, server }) => {
    const { page } = await member(open, server, "정하은");
    await begun(page);
    await page.goto("/post/new");
    await page.locator(".board-draft").waitFor();
    assert.equal(await page.inputValue("#title"), "가을 나들이 사진");
    assert.equal(await page.inputValue("#content"), "**은행나무길**을 다 같이 걸었습니다.", "nothing typed is lost");

    await page.click("[data-board-look-button]");
    await page.locator("#preview strong", { hasText: "은행나무길" }).waitFor();
    await page.fill("#content", "**은행나무길**을 _천천히_ 걸었습니다.");
    await page.locator("#preview em", { hasText: "천천히" }).waitFor();
    await whole(page);

    await attach(page, await picture(page, "나들이 사진.png"));
    await said(page);
    await attach(page, PDF);
    await said(page);
    assert.match(await page.inputValue("#content"), /_천천히_[^]*!\[나들이 사진\.png\]/);
    assert.equal(await page.locator(".board-files .row-item").count(), 2);
    await attach(page, { ...PDF, name: "그림.png" });
    await page.locator(".error-summary").waitFor();
    await whole(page);
    await publish(page);
    await page.waitForURL("**/posts");
    await said(page);
    await page.click('.board-row-link:has-text("가을 나들이 사진")');
    await whole(page);

    const shown = page.locator(".board-text img");
    assert.equal(await shown.evaluate((image) => image.decode().then(() => image.naturalWidth)), 320);
    const address = await shown.getAttribute("src");
    const served = await page.context().request.get(address);
    assert.ok(!(await served.body()).includes(SECRET), "a picture tells what is seen on it, and nothing else");
    const [file] = await Promise.all([page.waitForEvent("download"), page.click(".board-files [download]")]);
    assert.equal(file.suggestedFilename(), PDF.name);
    await page.goto("/post/new");
    assert.equal(await page.inputValue("#title"), "", "what is published is no draft any more");
});

test("of two editors of one post the second sees the first and loses nothing, and both are in the history", async ({ open, server }) => {
    const { person, page } = await member(open, server, "최민준");
    const path = await posted(server, person, "회식 장소", "첫 내용");
    const other = await page.context().newPage();
    for (const one of [page, other]) await one.goto(`${path}/edit`);
    await page.fill("#content", "먼저 고친 내용");
    await publish(page);
    await page.waitForURL(`**${path}`);
    await said(page);
    await other.fill("#title", "회식 장소 (안)");
    await other.fill("#content", "나중에 고친 내용");
    await publish(other);
    await other.locator(".alert-danger").waitFor();
    assert.equal(await other.locator(".board-source").innerText(), "먼저 고친 내용");
    assert.equal(await other.inputValue("#title"), "회식 장소 (안)");
    assert.equal(await other.inputValue("#content"), "나중에 고친 내용");
    await whole(other);
    await other.fill("#content", "먼저 고친 내용과 나중에 고친 내용");
    await publish(other);
    await other.waitForURL(`**${path}`);
    assert.equal(await other.locator(".board-text").innerText(), "먼저 고친 내용과 나중에 고친 내용");
    await other.click('.board-head a[href$="/history"]');
    assert.deepEqual(await other.locator(".board-source").allInnerTexts(), ["먼저 고친 내용", "첫 내용"]);
    await whole(other);
});

test("a post that was deleted is gone for others, and comes back as it was", async ({ open, server, allow }) => {
    const { person, page } = await member(open, server, "이바다");
    const path = await posted(server, person, "두고 간 우산", "1층에 있습니다.");
    await page.goto(path);
    await more(page);
    await whole(page);
    await page.click('form[action$="/delete"] .btn');
    await page.waitForURL("**/posts");
    await said(page);
    allow(status(404));
    assert.equal((await page.goto(path)).status(), 404);
    await page.goto("/posts");
    assert.equal(await page.locator(`.board-row-link[href="${path}"]`).count(), 0);
    await page.click('.board-own [href="/posts/deleted"]');
    await whole(page);
    await page.click(`form[action="${path}/restore"] .btn`);
    await page.waitForURL(`**${path}`);
    await said(page);
    assert.equal(await title(page), "두고 간 우산");
    assert.equal(await page.locator(".board-text").innerText(), "1층에 있습니다.");
    await visit(page, "/posts/deleted");
});

test("a post is recommended, bookmarked and found by a word of it", async ({ open, server }) => {
    const { person } = await member(open, server, "윤가람");
    const path = await posted(server, person, "도서관 새 책", "꽃차를 우리는 책이 들어왔습니다.");
    const { page } = await member(open, server, "서도윤");
    await page.goto("/posts");
    await page.locator(`.board-row-unread .board-row-link[href="${path}"]`).click();
    await page.click('form[action$="/recommend"] .btn');
    await page.locator('form[action$="/recommend"] [aria-pressed="true"]').waitFor();
    await page.click('form[action$="/bookmark"] .btn');
    await page.locator('form[action$="/bookmark"] [aria-pressed="true"]').waitFor();
    await whole(page);
    await visit(page, "/posts/bookmarks");
    assert.equal(await page.locator(`.board-row-link[href="${path}"]`).count(), 1);
    assert.equal(await page.locator(`.board-row-unread .board-row-link[href="${path}"]`).count(), 0, "it was read");
    await page.fill("#topbar-q", "꽃차");
    await page.press("#topbar-q", "Enter");
    await page.locator(`.found-item:has([href="${path}"]) mark`, { hasText: "꽃차" }).waitFor();
    await whole(page);
    await visit(page, "/search?q=%EA%B7%B8%EB%9F%B0%EB%82%B1%EB%A7%90");
    assert.equal(await page.locator(".found-item").count(), 0);
    await page.locator(".empty").waitFor();
});

test("a post and a comment are written by keyboard alone", async ({ open, server }) => {
    const { page } = await member(open, server, "한결");
    await page.goto("/posts");
    await skip(page);
    await tabTo(page, ".page-head-actions .btn-primary");
    await enterTo(page, "**/post/new");
    await skip(page);
    await tabTo(page, "#category_id");
    await page.keyboard.type(TALK);
    await tabTo(page, "#title");
    await page.keyboard.type("자판으로 쓴 글");
    await tabTo(page, "#content");
    await page.keyboard.type("**마우스** 없이 씁니다.");
    await tabTo(page, "[data-board-look-button]");
    await page.keyboard.press("Enter");
    await page.locator("#preview strong").waitFor();
    await tabTo(page, '.board-form [value="publish"]');
    await enterTo(page, "**/posts");
    await skip(page);
    while ((await page.evaluate(() => document.activeElement.textContent)) !== "자판으로 쓴 글") await tabTo(page, ".board-row-link", 80);
    await enterTo(page, /\/post\/\d+$/);
    await skip(page);
    await tabTo(page, ".board-more > summary");
    await page.keyboard.press("Enter");
    await focusIsSeen(page);
    await tabTo(page, "#content");
    await page.keyboard.type("자판으로 단 댓글");
    await tabTo(page, ".comment-form .btn-primary");
    await page.keyboard.press("Enter");
    await page.locator(".comment-text", { hasText: "자판으로 단 댓글" }).waitFor();
    assert.ok(await focusIsOn(page, ".comment-form *"), "the focus stays where one writes");
    await page.keyboard.press("Shift+Tab");
    while (!(await focusIsOn(page, '.comment-act:has(form[action$="/edit"]) > summary'))) await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await tabTo(page, 'form[action$="/edit"] textarea');
    await page.keyboard.type("!");
    await tabTo(page, 'form[action$="/edit"] .btn-primary');
    await page.keyboard.press("Enter");
    await page.locator(".comment-edited").waitFor();
});
