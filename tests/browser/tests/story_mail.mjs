// What people are told by mail: in their language, with a link to the very place, until they end it by one click.
import assert from "node:assert/strict";
import { entered, founded } from "../house/founded.mjs";
import { whole } from "../house/look.mjs";
import { header, Mailbox } from "../house/mailbox.mjs";
import { registered, token } from "../house/people.mjs";
import { test } from "../house/suite.mjs";

/** An organisation that speaks Korean, and where its letters arrive. */
async function withMail(another, at) {
    const mailbox = await Mailbox.start();
    return { mailbox, ...(await founded(another, at, mailbox.settings())) };
}

/** Somebody signed in there whose address is verified, by the link in the letter to it. */
async function reachable(there, name) {
    const { server, mailbox } = there;
    const person = await registered(server, { name });
    const email = `${person.username}@example.com`;
    await server.call("POST", "/api/v1/me/email", { token: await token(server, person), body: { email } });
    const { text } = await mailbox.letter(email, "/account/email/verify");
    const page = await entered(there, person);
    await page.goto(/http:\/\/\S+\/account\/email\/verify\?code=\S+/.exec(text)[0]);
    await page.locator("main form .btn-primary").click();
    await page.locator(".alert-success").waitFor();
    return { person, page, email };
}

/** Writes a post over the API; its address. */
async function posted(server, person, title) {
    const body = { title, content: "본문입니다." };
    const { id } = await server.call("POST", "/api/v1/posts", { token: await token(server, person), body });
    return `/post/${id}`;
}

/** Says something to a post on its page. */
async function comments(page, path, content) {
    await page.goto(path);
    await page.fill(".comment-form #content", content);
    await page.click(".comment-form .btn-primary");
    await page.locator(".comment", { hasText: content }).waitFor();
}

/** The button that saves what is chosen. */
const SAVE = 'form[action="/account/notifications"] .btn-primary';

/** Chooses when a type is mailed, and saves. */
async function mails(page, choices) {
    await page.goto("/account/notifications");
    for (const [kind, mail] of Object.entries(choices)) await page.selectOption(`#${kind}_mail`, mail);
    await saved(page);
}

async function saved(page) {
    await page.locator(SAVE).click();
    await page.locator(".alert-success").waitFor();
}

test("a comment is mailed in its reader's language, leads to where it is, and one click ends such mail", async ({ another, at }) => {
    const there = await withMail(another, at);
    const { server, mailbox } = there;
    const { person, page, email } = await reachable(there, "김하늘");
    await page.context().request.post("/preferences", { form: { language: "en", next: "/dashboard" } });
    await mails(page, { comment: "now", recommend: "now" });
    await page.locator('html[lang="en"]').waitFor();
    await whole(page);
    const guest = await registered(server, { name: "박서연" });
    const other = await entered(there, guest);
    assert.notEqual(other.context(), page.context());
    const first = await posted(server, person, "점심 메뉴");
    await comments(other, first, "국수 어때요?");

    const letter = await mailbox.letter(email, "commented");
    assert.equal(letter.subject, "[별빛 협동조합] 박서연 commented.");
    assert.ok(letter.text.includes("점심 메뉴") && !letter.text.includes("댓글"), letter.text);
    const [link] = [...letter.html.matchAll(/href="([^"]*#comment-\d+)"/g)].map(([, it]) => it.replaceAll("&amp;", "&"));
    assert.ok(link.startsWith(`${server.url}${first}`) && letter.text.includes(link), link);
    await page.goto(link);
    await page.locator(".comment:target", { hasText: "국수 어때요?" }).waitFor();

    const before = await page.context().newPage();
    await before.goto("/account/notifications");
    await before.selectOption("#mention_mail", "now");
    // As a mail program does it (RFC 8058): by what the headers say, from nobody's session.
    const end = /^<(http:\/\/\S+)>$/.exec(header(letter, "List-Unsubscribe"))[1];
    const body = header(letter, "List-Unsubscribe-Post");
    assert.equal(body, "List-Unsubscribe=One-Click");
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    assert.equal((await fetch(end, { method: "POST", headers, body })).status, 200);
    await page.goto("/account/notifications");
    assert.equal(await page.inputValue("#comment_mail"), "never");
    assert.equal(await page.inputValue("#recommend_mail"), "now");
    assert.ok(await page.isChecked("#comment_here"));

    // A page that was opened before undoes nothing, and keeps what was chosen on it in sight.
    await before.locator(SAVE).click();
    await before.locator(".alert-warning", { hasText: "Your settings have changed since you opened this page" }).waitFor();
    assert.equal(await before.inputValue("#comment_mail"), "never");
    assert.equal(await before.inputValue("#mention_mail"), "daily");
    const mention = before.locator(".row-item", { has: before.locator("#mention_mail") });
    assert.ok((await mention.innerText()).includes("Not saved: Tell me, Mail At once"), await mention.innerText());
    await whole(before);
    await before.selectOption("#mention_mail", "now");
    await saved(before);
    assert.equal(await before.inputValue("#comment_mail"), "never");
    await before.close();

    // What happens to one post is told in its order: the recommendation after the comment.
    const second = await posted(server, person, "주말 계획");
    await comments(other, second, "산에 가요.");
    await server.call("PUT", `/api/v1${second.replace("/post/", "/posts/")}/recommendation`, { token: await token(server, guest) });
    await mailbox.letter(email, "recommends");
    assert.equal(mailbox.letters(email, "commented").length, 1);
    await mailbox.close();
    there.receiver.close();
}, { seconds: 90 });

/** The bell of a page, once it counts so many. */
const counts = (page, number) => page.getByRole("link", { name: number === 0 ? "알림" : `알림, 읽지 않음 ${number}`, exact: true }).waitFor();

/** The time of the day in Seoul, so many hours from now, as a field takes it. */
const seoul = (hours) => new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Seoul", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(Date.now() + hours * 3_600_000);

test("in quiet hours a comment is counted and not mailed, while others are written to", async ({ another, at }) => {
    const there = await withMail(another, at);
    const { server, mailbox } = there;
    const { person, page, email } = await reachable(there, "김하늘");
    const awake = await reachable(there, "이도현");
    await mails(awake.page, { comment: "now" });
    await page.goto("/dashboard");
    // That they have signed in where they had not been.
    await counts(page, 1);
    await server.call("POST", "/api/v1/notifications/read-all", { token: await token(server, person) });
    await counts(page, 0);
    await page.goto("/account/notifications");
    await page.selectOption("#comment_mail", "now");
    await page.fill("#quiet_from", seoul(-1));
    await page.fill("#quiet_to", seoul(2));
    await saved(page);
    await page.locator(".alert-info", { hasText: "지금은 조용한 시간입니다." }).waitFor();
    const other = await entered(there, await registered(server, { name: "박서연" }));
    await comments(other, await posted(server, person, "조용한 글"), "쉿.");
    await counts(page, 1);
    // A letter that was asked for later has come.
    await comments(other, await posted(server, awake.person, "시끄러운 글"), "안녕하세요!");
    const letter = await mailbox.letter(awake.email, "댓글을 남겼습니다.");
    assert.equal(letter.subject, "[별빛 협동조합] 박서연 님이 댓글을 남겼습니다.");
    assert.equal(mailbox.letters(email, "댓글을 남겼습니다.").length, 0);
    await mailbox.close();
    there.receiver.close();
}, { seconds: 90 });
