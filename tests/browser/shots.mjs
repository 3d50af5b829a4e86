// Makes the pictures of the README: `node shots.mjs HANOK CHROMIUM DIRECTORY`.
import { mkdir, stat } from "node:fs/promises";
import { chromium } from "playwright-core";
import { ask, enter } from "./house/people.mjs";
import { PHONE, pair } from "./house/phone.mjs";
import { Server } from "./house/server.mjs";
import { Visit } from "./house/visit.mjs";

/** A picture must not weigh more, in bytes. */
const MOST = 150_000;

const [program, executablePath, directory] = process.argv.slice(2);
const HANEUL = { username: "haneul", password: "Byeol-2026-bit!", phone: "010-1234-5678", pin: "482915" };

await mkdir(directory, { recursive: true });
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-background-networking"] });
const server = await Server.start(program);
const visit = new Visit(browser, server);
const open = (options) => visit.open({ viewport: { width: 1280, height: 800 }, colorScheme: "light", ...options });

async function shoot(page, name, path, until) {
    if (path !== undefined) await page.goto(path, { waitUntil: "networkidle" });
    if (until !== undefined) await page.locator(until).first().waitFor();
    const file = `${directory}/${name}.png`;
    await page.screenshot({ path: file });
    const { size } = await stat(file);
    console.log(`${file}: ${Math.ceil(size / 1024)} KiB`);
    if (size > MOST) throw new Error(`${file} is too large`);
}

/** What 김하늘 has been asked today. */
async function day() {
    const end = (path, asked, given) => server.call("POST", path, { body: { transaction_id: asked.transaction_id, ...given } });
    for (const [message, approves] of [["회원 가입", true], ["주문 2건, 48,000원", true], ["배송지 변경", false], ["비밀번호 찾기", true]]) {
        const asked = await ask(server, HANEUL, { binding_message: message });
        if (approves) await end("/api/v1/auth/confirm/", asked, { pin_code: HANEUL.pin, binding_code: asked.binding_code });
        else await end("/api/v1/auth/deny/", asked);
    }
}

try {
    await day();
    await shoot(await open(), "landing", "/");
    const page = await open();
    await enter(page, HANEUL);
    await page.goto("/account/devices");
    await page.click('form[action="/account/devices/pair"] .btn-primary');
    const address = await page.locator('a[href*="#pair="]').getAttribute("href");
    const phone = await open({ ...PHONE, viewport: { width: 390, height: 800 } });
    await pair(phone, address.split("#pair=")[1]);
    await page.waitForURL("**/account/devices");
    await ask(server, HANEUL, { binding_message: "주문 1건, 129,000원" });
    await shoot(phone, "phone", undefined, ".choice");
    await shoot(page, "dashboard", "/dashboard");
    await shoot(page, "history", "/history");
    const demo = await open({ viewport: { width: 1280, height: 960 } });
    await demo.goto("/demo");
    const frame = demo.frameLocator(".demo-frame");
    await frame.locator('.live[data-live="online"]').waitFor();
    await demo.locator("#shop-state form .btn").last().click();
    const number = await demo.locator(".demo-code").textContent();
    await frame.locator(".choice", { hasText: number.trim() }).click();
    await frame.locator('.choice[aria-pressed="true"]').waitFor();
    await shoot(demo, "demo");
} finally {
    await browser.close();
    await server.stop();
}
