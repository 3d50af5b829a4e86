// Walks through the pages as people do: `node main.mjs HANOK CHROMIUM SEEN [PART OF A NAME…]`.
// Ends with "browser: N passed, N failed"; pictures of what failed lie in SEEN.
import { readdir } from "node:fs/promises";
import { chromium } from "playwright-core";
import { Server } from "./house/server.mjs";
import { run } from "./house/suite.mjs";
import { Visit } from "./house/visit.mjs";

const WORKERS = 3;

const [program, executablePath, seen, ...wanted] = process.argv.slice(2);
const here = new URL("tests/", import.meta.url);
for (const file of (await readdir(here)).sort()) await import(new URL(file, here));

process.on("exit", () => Server.killAll());
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

const args = ["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"];
const browser = await chromium.launch({ executablePath, args });
const server = await Server.start(program);
const others = [];

/** A server for one test, with settings of its own. */
async function another(settings, serves) {
    const other = await Server.start(program, settings, serves);
    others.push(other);
    return other;
}

async function equip() {
    const visit = new Visit(browser, server);
    const visits = [visit];
    const tools = {
        server,
        another,
        open: (options) => visit.open(options),
        allow: (...patterns) => visit.allow(...patterns),
        /** A visit to another server. */
        at: (other) => {
            visits.push(new Visit(browser, other));
            return visits.at(-1);
        },
    };
    const each = async (act) => {
        for (const one of visits) await act(one);
    };
    return {
        tools,
        check: () => each((one) => one.check()),
        keep: (name) => each((one) => one.keep(name)),
        close: () => each((one) => one.close()),
    };
}

let result;
try {
    result = await run(wanted, WORKERS, equip, seen);
} finally {
    await browser.close();
    for (const one of [server, ...others]) await one.stop();
}
console.log(`browser: ${result.passed} passed, ${result.failed} failed`);
process.exit(result.failed > 0 ? 1 : 0);
