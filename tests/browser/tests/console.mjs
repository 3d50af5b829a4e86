// The console, as those see it who run the organisation.
import assert from "node:assert/strict";
import { findings, overflow } from "../house/axe.mjs";
import { CONSOLE } from "../house/map.mjs";
import { DEMO_PEOPLE, enter, proven } from "../house/people.mjs";
import { status } from "../house/visit.mjs";
import { test } from "../house/suite.mjs";

/** Words of the store that nobody should read. */
const RAW = /\b(PENDING|COMPLETED|FAILED|EXPIRED|undefined|NaN|null)\b/;

/** A page and the first thing that each list of it names, one step further in. */
async function withDetails(page) {
    const paths = new Set(CONSOLE);
    for (const path of CONSOLE) {
        await page.goto(path);
        const links = await page.locator("main a[href]").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
        const inner = links.find((href) => href.startsWith(`${path}/`) && /[0-9a-f]{8}-/.test(href));
        if (inner !== undefined) paths.add(inner.split("#")[0]);
    }
    return [...paths];
}

async function look(page, path, faults) {
    const answer = await page.goto(path);
    const note = (what) => faults.push(`${path}: ${what}`);
    if (answer.status() !== 200) note(`answers ${answer.status()}`);
    if ((await page.locator("h1").count()) !== 1) note("has not one heading");
    // What stands as code is quoted: ids, and the details of a row of the trail.
    const text = await page.locator("main").evaluate((main) => {
        const copy = main.cloneNode(true);
        for (const quoted of copy.querySelectorAll("pre, code")) quoted.remove();
        return copy.textContent;
    });
    const raw = RAW.exec(text);
    if (raw !== null) note(`says ${raw[0]} in ${text.slice(Math.max(0, raw.index - 40), raw.index + 40)}`);
    for (const width of [1440, 360]) {
        await page.setViewportSize({ width, height: 900 });
        const wide = await overflow(page);
        if (wide !== "") note(`is wider than ${width} px: ${wide}`);
        for (const found of await findings(page)) note(`at ${width} px ${found}`);
    }
}

for (const [language, theme] of [["ko", "light"], ["en", "dark"]]) {
    for (const [part, which] of [["", 0], ["other ", 1]]) {
        test(`every ${part}page of the console in ${language} and ${theme} is whole, fits and has no barrier`, async ({ open }) => {
            const page = await open({ locale: language });
            await enter(page, DEMO_PEOPLE.superAdmin);
            await page.context().request.post("/preferences", { form: { language, theme, next: "/login" } });
            const faults = [];
            const paths = (await withDetails(page)).filter((_, index) => index % 2 === which);
            for (const path of paths) await look(page, path, faults);
            assert.deepEqual([...new Set(faults)], []);
        }, { seconds: 150 });
    }
}

test("the console's links lead somewhere, and it reads without script", async ({ open, allow, server }) => {
    allow(/^request: csp .*\.js$/);
    const page = await open({ javaScriptEnabled: false });
    await enter(page, DEMO_PEOPLE.superAdmin);
    const links = new Map();
    for (const path of await withDetails(page)) {
        await page.goto(path);
        assert.ok((await page.locator("main").innerText()).trim().length > 20, path);
        const targets = await page.locator("a[href]").evaluateAll((all) => all.map((a) => a.href));
        for (const target of targets) links.set(target.split("#")[0], path);
    }
    links.delete(`${server.url}/logout`);
    for (const [target, path] of links) {
        const answer = await page.context().request.get(target);
        assert.ok(answer.ok(), `${path} has a link to ${target}, which answers ${answer.status()}`);
    }
}, { seconds: 150 });

test("whoever runs nothing has no console", async ({ open, allow, server }) => {
    allow(status(403));
    const page = await open();
    await enter(page, await proven(server));
    await page.goto("/dashboard");
    assert.equal(await page.locator('a[href^="/admin"]').count(), 0);
    for (const path of CONSOLE) assert.equal((await page.goto(path)).status(), 403, path);
});
