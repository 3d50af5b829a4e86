// What people are told of what others do: at once in every open tab, counted at the bell, and once.
import assert from "node:assert/strict";
import { member, posted } from "../house/board.mjs";
import { focusIsOn } from "../house/keys.mjs";
import { whole } from "../house/look.mjs";
import { OPEN } from "../house/map.mjs";
import { DEMO_PEOPLE, enter, registered, token } from "../house/people.mjs";
import { test } from "../house/suite.mjs";
import { AWAY } from "../house/visit.mjs";

/** The number at the bell, once there is this one; nothing is unread where it is 0. */
async function counts(page, number) {
    const bell = page.getByRole("link", { name: number === 0 ? "알림" : `알림, 읽지 않음 ${number}`, exact: true });
    await bell.waitFor();
    assert.equal(await bell.locator("[data-bell-count]").isVisible(), number > 0);
}

const told = (page, text) => page.locator("#toasts [data-toast]", { hasText: text });
const row = (page, text) => page.locator(".notifications-row", { hasText: text });
const isUnread = (line) => line.evaluate((one) => one.classList.contains("notifications-row-unread"));

/** From now on the page notes what it is told; gives the titles. */
async function noted(page) {
    await page.evaluate(() => {
        window.told = [];
        new MutationObserver((changes) => {
            for (const { addedNodes } of changes) window.told.push(...[...addedNodes].map((node) => node.querySelector("strong").textContent));
        }).observe(document.getElementById("toasts"), { childList: true });
    });
    return () => page.evaluate(() => window.told);
}

/** Says something to a post over the API; the comment's number. */
async function comments(server, person, path, content) {
    const key = await token(server, person);
    const answer = await server.call("POST", `/api/v1${path.replace("/post/", "/posts/")}/comments`, { token: key, body: { content } });
    return answer.id;
}

/** The page hears what its person is told, and remembers up to where. */
const hears = (page) => page.waitForFunction(() => Object.keys(sessionStorage).some((name) => name.startsWith("hanok-told:")));

/** Somebody in a browser who has signed in over the API too, was told of it as of a new place, and has read that. */
async function known(open, server, name) {
    const { person, page } = await member(open, server, name);
    const key = await token(server, person);
    const isTold = async () => {
        const { notifications } = await server.call("GET", "/api/v1/notifications", { token: key });
        return notifications.some(({ type }) => type === "sign_in");
    };
    while (!(await isTold())) await page.waitForTimeout(50);
    await server.call("POST", "/api/v1/notifications/read-all", { token: key });
    return { person, page };
}

/** Somebody with two tabs of one browser. */
async function twoTabs(open, server, name, paths) {
    const { person, page } = await known(open, server, name);
    const tabs = [page, await page.context().newPage()];
    for (const [index, path] of paths.entries()) {
        await tabs[index].goto(path);
        await hears(tabs[index]);
        await counts(tabs[index], 0);
    }
    return { person, tabs };
}

test("a comment is told in every open tab, counted at the bell, and leads to where it is", async ({ open, server }) => {
    const { person, tabs: [one, other] } = await twoTabs(open, server, "김하늘", ["/dashboard", "/posts"]);
    const path = await posted(server, person, "점심 메뉴");
    const { page: guest } = await member(open, server, "박서연");
    await guest.goto(path);
    await guest.fill(".comment-form #content", "국수 어때요?");
    await guest.click(".comment-form .btn-primary");
    for (const tab of [one, other]) {
        await told(tab, "박서연 님이 댓글을 남겼습니다.").waitFor();
        // What is pointed at stays.
        await told(tab, "박서연").getByRole("button").hover();
    }
    for (const tab of [one, other]) {
        assert.ok((await told(tab, "박서연").innerText()).includes("점심 메뉴"));
        await counts(tab, 1);
        await whole(tab);
    }
    await told(other, "박서연").getByRole("button").click();
    await other.waitForURL(({ pathname, hash }) => pathname === path && /^#comment-\d+$/.test(hash));
    const there = other.locator(".comment:target");
    await there.waitFor();
    assert.ok((await there.innerText()).includes("국수 어때요?"));
    // Read in one tab is read in the other.
    for (const tab of [one, other]) await counts(tab, 0);
    await counts(guest, 0);
});

test("the list of notifications renews itself, and one burst on a post is one line", async ({ open, server }) => {
    const { person, tabs: [one, other] } = await twoTabs(open, server, "김하늘", ["/notifications", "/notifications?unread=1"]);
    await one.evaluate(() => { window.isTheSame = true; });
    const path = await posted(server, person, "주말 계획");
    const [first, second] = [await registered(server, { name: "박서연" }), await registered(server, { name: "이도현" })];
    await comments(server, first, path, "산에 가요.");
    for (const tab of [one, other]) await row(tab, "박서연 님이 댓글을 남겼습니다.").waitFor();
    await comments(server, second, path, "바다에 가요.");
    for (const tab of [one, other]) {
        await row(tab, "이도현 님 외 1명이 댓글을 남겼습니다.").waitFor();
        assert.equal(await row(tab, "주말 계획").count(), 1);
        assert.ok(await isUnread(row(tab, "주말 계획")));
        await counts(tab, 1);
        assert.equal(await tab.locator("#toasts [data-toast]").count(), 0, "the list says it");
        await whole(tab);
    }
    assert.ok(await one.evaluate(() => window.isTheSame), "it was not loaded again");
    await other.getByRole("button", { name: "모두 읽음" }).click();
    await other.waitForURL(({ pathname, search }) => pathname === "/notifications" && search === "");
    for (const tab of [one, other]) {
        await tab.locator(".notifications-row:not(.notifications-row-unread)", { hasText: "주말 계획" }).waitFor();
    }
    for (const tab of [one, other]) await counts(tab, 0);
    // Anew after it was read, and by keyboard.
    await comments(server, first, path, "날씨가 좋대요.");
    await row(one, "박서연 님이 댓글을 남겼습니다.").focus();
    assert.ok(await focusIsOn(one, ".notifications-row-unread"));
    await one.keyboard.press("Enter");
    await one.waitForURL(/#comment-\d+$/);
    await one.locator(".comment:target", { hasText: "날씨가 좋대요." }).waitFor();
    await counts(other, 0);
});

test("what comes between two pages of a tab is told on the next, once", async ({ open, server }) => {
    const { person, page } = await known(open, server, "김하늘");
    const guest = await registered(server, { name: "박서연" });
    const path = await posted(server, person, "회식 장소");
    await page.goto("/dashboard");
    await hears(page);
    await counts(page, 0);
    await page.goto("about:blank");
    await comments(server, guest, path, "고기요!");
    await page.goto("/dashboard");
    await told(page, "박서연").waitFor();
    await counts(page, 1);
    await page.goto("/posts");
    await counts(page, 1);
    const next = await posted(server, person, "소풍 장소");
    await comments(server, guest, next, "공원이요!");
    await told(page, "소풍 장소").waitFor();
    assert.equal(await told(page, "회식 장소").count(), 0);
    await counts(page, 2);
});

test("what comes before and after a server is killed is told once", async ({ another, at, allow }) => {
    const server = await another();
    const visit = at(server);
    visit.allow(AWAY);
    allow(AWAY);
    const { person, page } = await known((options) => visit.open(options), server, "김하늘");
    const guest = await registered(server, { name: "박서연" });
    const [first, second] = [await posted(server, person, "정전"), await posted(server, person, "다시 켜짐")];
    await page.goto("/dashboard");
    await hears(page);
    await counts(page, 0);
    const titles = await noted(page);
    await comments(server, guest, first, "불이 나갔어요.");
    await told(page, "정전").waitFor();
    await server.kill();
    await server.again();
    await comments(server, guest, second, "불이 들어왔어요.");
    await told(page, "다시 켜짐").waitFor();
    await counts(page, 2);
    assert.deepEqual(await titles(), ["정전", "다시 켜짐"]);
}, { seconds: 90 });

/** The time of the day in Seoul, so many hours from now, as a field takes it. */
const seoul = (hours) => new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Seoul", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(Date.now() + hours * 3_600_000);

test("what is not wanted is not told, and in quiet hours it is counted and nothing pops up", async ({ open, server }) => {
    const { person, tabs: [page, other] } = await twoTabs(open, server, "김하늘", ["/notifications", "/dashboard"]);
    const guest = await registered(server, { name: "박서연" });
    const [first, second, third] = [await posted(server, person, "첫째 글"), await posted(server, person, "둘째 글"), await posted(server, person, "셋째 글")];
    await page.getByRole("link", { name: "알림 설정" }).click();
    await page.waitForURL(({ pathname }) => pathname === "/account/notifications");
    await whole(page);
    const choice = page.getByRole("group", { name: "댓글", exact: true });
    await choice.getByLabel("받기").uncheck();
    await choice.getByLabel("메일").selectOption({ label: "보내지 않음" });
    await page.getByRole("button", { name: "저장" }).click();
    await page.locator(".alert-success", { hasText: "알림 설정을 저장했습니다." }).waitFor();
    assert.ok(!(await choice.getByLabel("받기").isChecked()));
    assert.equal(await choice.getByLabel("메일").inputValue(), "never");
    await comments(server, guest, first, "안 들려요.");
    // What happens to one post is told in its order.
    await server.call("PUT", `/api/v1${first.replace("/post/", "/posts/")}/recommendation`, { token: await token(server, guest) });
    await told(other, "박서연 님이 내 글을 추천했습니다.").waitFor();
    await counts(other, 1);
    // By keyboard, and heard again.
    await choice.getByLabel("받기").focus();
    assert.ok(await focusIsOn(page, "#comment_here"));
    await page.keyboard.press("Space");
    const saved = page.waitForEvent("load");
    await page.keyboard.press("Enter");
    await saved;
    await page.locator(".alert-success").waitFor();
    assert.ok(await choice.getByLabel("받기").isChecked());
    await comments(server, guest, second, "들려요.");
    await told(other, "둘째 글").waitFor();
    await counts(other, 2);
    await page.fill("#quiet_from", seoul(-1));
    await page.fill("#quiet_to", seoul(2));
    await page.getByRole("button", { name: "저장" }).click();
    await page.locator(".alert-info", { hasText: "지금은 조용한 시간입니다." }).waitFor();
    await whole(page);
    const titles = await noted(other);
    await comments(server, guest, third, "조용히.");
    for (const tab of [page, other]) await counts(tab, 3);
    assert.deepEqual(await titles(), []);
    await page.goto("/notifications");
    await row(page, "셋째 글").waitFor();
    assert.equal(await row(page, "첫째 글").count(), 1, "the recommendation alone");
});

test("a page has one connection, and signed out none", async ({ open, server }) => {
    const connections = async (page, path) => {
        const found = [];
        const note = (socket) => found.push(socket.url());
        page.on("websocket", note);
        await page.goto(path, { waitUntil: "networkidle" });
        page.off("websocket", note);
        return found.length;
    };
    const nobody = await open();
    for (const path of OPEN) assert.equal(await connections(nobody, path), 0, path);
    const { person, page } = await member(open, server, "김하늘");
    for (const path of ["/dashboard", "/notifications", await posted(server, person, "연결 하나")]) {
        assert.equal(await connections(page, path), 1, path);
    }
    const admin = await open();
    await enter(admin, DEMO_PEOPLE.superAdmin);
    assert.equal(await connections(admin, "/admin"), 1);
});
