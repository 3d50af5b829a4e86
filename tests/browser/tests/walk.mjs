// Every page, in both languages and both themes, on a phone and on a desk.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { findings, overflow } from "../house/axe.mjs";
import { CONSOLE, DEMO, NO_PAGE, OPEN, OWN } from "../house/map.mjs";
import { enter, proven, stranger } from "../house/people.mjs";
import { lived } from "../house/story.mjs";
import { status } from "../house/visit.mjs";
import { test } from "../house/suite.mjs";

const WIDTHS = [1440, 360];
/** Words of the store that nobody should read. */
const RAW = /\b(PENDING|COMPLETED|FAILED|EXPIRED|super_admin|service_admin|undefined|NaN|null)\b/;

async function look(page, path, faults, widths = WIDTHS) {
    const answer = await page.goto(path);
    const note = (what) => faults.push(`${path}: ${what}`);
    if (answer.status() !== 200) note(`answers ${answer.status()}`);
    if (new URL(page.url()).pathname !== new URL(path, page.url()).pathname) note(`leads to ${page.url()}`);
    // The demo brings the phone in when it is ready for it.
    const phone = page.locator(".demo-frame");
    if ((await phone.count()) > 0) await phone.contentFrame().locator(".live").first().waitFor({ state: "attached" });
    if ((await page.locator("h1").count()) !== 1) note("has not one heading");
    for (const width of widths) {
        await page.setViewportSize({ width, height: 900 });
        const wide = await overflow(page);
        if (wide !== "") note(`is wider than ${width} px: ${wide}`);
        for (const found of await findings(page)) note(`at ${width} px ${found}`);
    }
}

/** A browser in this language and theme, in which `person` is signed in. */
async function dressed(open, language, theme, person) {
    const page = await open({ locale: language });
    if (person !== undefined) await enter(page, person);
    await page.context().request.post("/preferences", { form: { language, theme, next: "/login" } });
    return page;
}

/** Every second page, from this one: what one test can look at in its time. */
const half = (paths, which) => paths.filter((_, index) => index % 2 === which);

/** The page of the request that waits is the one with a form, and not that of one that has run out. */
async function asks(page, waiting) {
    await page.goto(waiting);
    assert.equal(await page.locator('form[action$="/approve"]').count(), 1, `${waiting} waits no longer`);
}

for (const language of ["ko", "en"]) {
    for (const theme of ["light", "dark"]) {
        const whole = `in ${language} and ${theme} is whole, fits and has no barrier`;
        for (const [part, which] of [["", 0], ["other ", 1]]) {
            test(`every ${part}page of somebody ${whole}`, async ({ open, server }) => {
                const faults = [];
                const { person, paths, waiting } = await lived(server);
                const own = await dressed(open, language, theme, person);
                await asks(own, waiting);
                for (const path of half([...OWN, ...paths], which)) await look(own, path, faults);
                assert.deepEqual([...new Set(faults)], []);
            }, { seconds: 150 });
        }
        test(`every page of somebody without anything ${whole}`, async ({ open, server }) => {
            const faults = [];
            const bare = await dressed(open, language, theme, await proven(server));
            for (const path of OWN) await look(bare, path, faults, [360]);
            assert.deepEqual([...new Set(faults)], []);
        }, { seconds: 150 });
        test(`every page that is open to anybody ${whole}`, async ({ open }) => {
            const faults = [];
            const nobody = await dressed(open, language, theme);
            for (const path of [...OPEN, ...DEMO]) await look(nobody, path, faults);
            assert.equal(await nobody.getAttribute("html", "lang"), language);
            assert.equal(await nobody.getAttribute("html", "data-bs-theme"), theme);
            assert.deepEqual([...new Set(faults)], []);
        }, { seconds: 150 });
    }
}

test("no page shows a word of the store, and no link leads nowhere", async ({ open, server }) => {
    const { person, paths } = await lived(server);
    const own = await open();
    await enter(own, person);
    const nobody = await open();
    const links = new Map();
    for (const [page, list] of [[own, [...OWN, ...paths]], [nobody, OPEN]]) {
        for (const path of list) {
            await page.goto(path);
            const text = await page.locator("body").innerText();
            if (!path.startsWith("/docs")) assert.doesNotMatch(text, RAW, path);
            const targets = await page.locator("a[href]").evaluateAll((all) => all.map((a) => a.href));
            for (const target of targets) links.set(target.split("#")[0], path);
        }
    }
    links.delete(`${server.url}/logout`);
    for (const [target, path] of links) {
        assert.equal(new URL(target).origin, server.url, path);
        const answer = await own.context().request.get(target);
        assert.ok(answer.ok(), `${path} has a link to ${target}, which answers ${answer.status()}`);
    }
});

test("every page reads without script", async ({ open, server, allow }) => {
    // The browser fetches modules ahead although it will not run them, and then refuses them.
    allow(/^request: csp .*\.js$/);
    const { person, paths, waiting } = await lived(server);
    const own = await open({ javaScriptEnabled: false });
    await enter(own, person);
    await asks(own, waiting);
    const nobody = await open({ javaScriptEnabled: false });
    for (const [page, list] of [[own, [...OWN, ...paths]], [nobody, [...OPEN, ...DEMO]]]) {
        for (const path of list) {
            await page.goto(path);
            const text = await page.locator("main").innerText();
            assert.ok(text.trim().length > 20, `${path}: ${text}`);
        }
    }
});

test("menus that are open have no barrier and fit", async ({ open, server }) => {
    const { person } = await lived(server);
    for (const [theme, width] of [["light", 1440], ["dark", 360]]) {
        const page = await dressed(open, "ko", theme, person);
        await page.setViewportSize({ width, height: 900 });
        await page.goto("/dashboard");
        const menus = page.locator("details.menu > summary:visible");
        // The navigation is a menu where there is no room beside the page.
        assert.equal(await menus.count(), width === 360 ? 3 : 2);
        for (const menu of await menus.all()) {
            await menu.click();
            assert.deepEqual(await findings(page), []);
            assert.equal(await overflow(page), "");
            await menu.click();
        }
    }
});

test("what looks for barriers and overflow finds them", async ({ open }) => {
    const page = await open();
    await page.goto("/login");
    await page.evaluate(() => {
        const wide = document.createElement("input");
        wide.size = 500;
        document.querySelector("main").append(wide);
    });
    assert.match((await findings(page)).join(), /^label /);
    assert.match(await overflow(page), /: input/);
});

test("a first visit weighs at most 60 KiB on the wire", async ({ open }) => {
    for (const path of ["/", "/login"]) {
        const page = await open();
        const sizes = [];
        page.on("requestfinished", (request) => sizes.push(request.sizes()));
        await page.goto(path, { waitUntil: "networkidle" });
        const bytes = (await Promise.all(sizes)).reduce((sum, one) => sum + one.responseBodySize + one.responseHeadersSize, 0);
        assert.ok(bytes <= 60 * 1024, `${path}: ${bytes} bytes`);
        await page.context().close();
    }
});

test("pages that are not there say so as a page", async ({ open, allow, server }) => {
    allow(status(404));
    const page = await open();
    const answer = await page.goto(`/nowhere/${stranger().username}`);
    assert.equal(answer.status(), 404);
    await page.locator(".fault-code").waitFor();
    assert.deepEqual(await findings(page), []);
    assert.equal(await page.locator('main a[href="/"]').count(), 1);
});

test("a page that was loaded asks for nothing more by itself", async ({ open, server }) => {
    const page = await open();
    await enter(page, (await lived(server)).person);
    for (const path of [...OPEN, ...OWN].filter((one) => one !== "/phone")) {
        await page.goto(path, { waitUntil: "networkidle" });
        const asked = [];
        const note = (request) => asked.push(request.url());
        page.on("request", note);
        await page.waitForTimeout(300);
        page.off("request", note);
        assert.deepEqual(asked, [], path);
    }
});

test("the walk leaves no page out", async () => {
    const table = await readFile(new URL("../../../crates/hanok/tests/access.toml", import.meta.url), "utf8");
    const routes = [...table.matchAll(/^"GET (\/[^"]*)"/gm)].map(([, path]) => path);
    const walked = new Set([...OPEN, ...OWN, ...CONSOLE, ...DEMO].map((path) => path.split("?")[0]));
    const missing = routes.filter((path) =>
        !walked.has(path) && !path.includes("{") && !NO_PAGE.some((start) => path.startsWith(start)));
    assert.deepEqual(missing, []);
});
