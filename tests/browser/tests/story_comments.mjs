// What is said to a post: others see it at once, its author alone changes it, and whoever is named is completed.
import assert from "node:assert/strict";
import { member, posted, unfold } from "../house/board.mjs";
import { focusIsOn } from "../house/keys.mjs";
import { whole } from "../house/look.mjs";
import { test } from "../house/suite.mjs";

const one = (page, text) => page.locator(".comment", { has: page.locator(".comment-text", { hasText: text }) });

async function say(page, text) {
    await page.fill(".comment-form #content", text);
    await page.click(".comment-form .btn-primary");
    await one(page, text).waitFor();
}

/** A page that is never loaded again may say so. */
async function mark(page) {
    await page.evaluate(() => { window.isTheSame = true; });
    return () => page.evaluate(() => window.isTheSame === true);
}

test("a comment appears to others by itself, who can answer it and cannot change it", async ({ open, server }) => {
    const { person, page } = await member(open, server, "김하늘");
    const { page: other } = await member(open, server, "박서연");
    const path = await posted(server, person, "점심 메뉴");
    for (const each of [page, other]) await each.goto(path);
    const [here, there] = [await mark(page), await mark(other)];
    await say(page, "국수 어때요?");
    assert.ok(await here(), "it is sent without leaving the page");
    await one(other, "국수 어때요?").waitFor();
    assert.equal(await other.locator("[data-comments-count]").innerText(), "1");
    await whole(other);
    assert.equal(await one(other, "국수").locator('form[action$="/edit"], form[action$="/delete"]').count(), 0);
    const id = await one(other, "국수").getAttribute("data-comment");
    for (const act of ["edit", "delete"]) {
        const answer = await other.context().request.post(`/comment/${id}/${act}`, { form: { content: "제가 고칩니다" }, maxRedirects: 0 });
        assert.equal(answer.status(), 403, act);
    }
    const reply = await unfold(other, `#comment-${id} .comment-act:has([name="parent"])`);
    await reply.locator("textarea").fill("좋아요, 열두 시에 봐요.");
    await reply.locator(".btn-primary").click();
    await one(other, "열두 시에").waitFor();
    await one(page, "열두 시에").waitFor();
    assert.equal(await page.locator(".comment-reply").count(), 1);
    assert.ok((await here()) && (await there()), "neither page was loaded again");
    await whole(page);
});

test("a comment is edited and deleted by its author, and others see that by itself", async ({ open, server }) => {
    const { person, page } = await member(open, server, "김하늘");
    const { page: other } = await member(open, server, "박서연");
    const path = await posted(server, person, "주말 계획");
    for (const each of [page, other]) await each.goto(path);
    const same = await mark(other);
    await say(page, "산에 갑니다.");
    await one(other, "산에 갑니다.").waitFor();
    await unfold(page, '.comment-act:has(form[action$="/edit"])');
    await whole(page);
    await page.fill('form[action$="/edit"] textarea', "바다에 갑니다.");
    await page.click('form[action$="/edit"] .btn-primary');
    await page.locator(".comment-edited").waitFor();
    await one(other, "바다에 갑니다.").waitFor();
    await other.locator(".comment-edited").waitFor();
    assert.equal(await one(other, "산에").count(), 0);

    const reply = await unfold(other, '.comment-act:has([name="parent"])');
    await reply.locator("textarea").fill("저도요!");
    await reply.locator(".btn-primary").click();
    await one(page, "저도요!").waitFor();
    await unfold(page, '.comment-act:has(form[action$="/delete"])');
    await page.click('form[action^="/comment/"][action$="/delete"] .btn');
    await page.locator(".comment-gone").waitFor();
    await other.locator(".comment-gone").waitFor();
    assert.equal(await one(other, "바다에").count(), 0);
    assert.equal(await one(other, "저도요!").count(), 1, "what was answered stays");
    assert.ok(await same());
    await whole(page);
});

test("whoever is named is completed by keyboard", async ({ open, server }) => {
    const { person, page } = await member(open, server, "구름이");
    const { person: named } = await member(open, server, "나래울");
    await page.goto(await posted(server, person, "누가 맡을까요"));
    const field = ".comment-form #content";
    await page.focus(field);
    await page.keyboard.type("이 일은 @나래");
    const option = page.locator('.mention-box [role="option"]', { hasText: named.username });
    await option.waitFor();
    assert.equal(await option.getAttribute("aria-selected"), "true");
    await whole(page);
    await page.focus(field);
    await page.keyboard.press("Escape");
    await option.waitFor({ state: "hidden" });
    await page.keyboard.type("울");
    await option.waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    assert.equal(await page.inputValue(field), `이 일은 @${named.username} `);
    assert.ok(await focusIsOn(page, field));
    await page.keyboard.type("님이 맡아 주세요.");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    assert.equal(await page.locator(".mention").innerText(), "@나래울");
    await whole(page);
});

test("without script a comment is written, answered and deleted", async ({ open, server, allow }) => {
    // The browser fetches modules ahead although it will not run them, and then refuses them.
    allow(/^request: csp .*\.js$/);
    const { person } = await member(open, server, "고요한");
    const page = await open({ javaScriptEnabled: false });
    await page.goto("/login");
    await page.fill("#user_id", person.username);
    await page.fill("#password", person.password);
    await page.click('form[action="/login"] .btn-primary');
    await page.goto(await posted(server, person, "조용한 글"));
    await say(page, "첫째");
    await page.locator(".alert-success").waitFor();
    const reply = await unfold(page, '.comment-act:has([name="parent"])');
    await reply.locator("textarea").fill("둘째");
    await reply.locator(".btn-primary").click();
    await one(page, "둘째").waitFor();
    assert.equal(await page.locator(".comment-reply").count(), 1);
    await unfold(page, '.comment-reply .comment-act:has(form[action$="/delete"])');
    await page.click('.comment-reply form[action$="/delete"] .btn');
    await page.locator(".alert-success").waitFor();
    assert.equal(await page.locator(".comment-reply").count(), 0);
});
