// The paired phone: the page /phone in a browser of its own, and what a thumb does on it.
import { pairingCode } from "./people.mjs";

/** The demo's phone is a small one. */
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** Pairs the browser of `page` by this code, and waits until requests arrive there by themselves. */
export async function pair(page, code) {
    await page.goto(`/phone#pair=${code}`);
    // In the demo it pairs by itself.
    await page.locator('.live[data-live="online"]').waitFor();
}

/** A phone that is paired with this person. */
export async function pairedPhone(open, server, person, options = {}) {
    const page = await open({ ...PHONE, ...options });
    await pair(page, await pairingCode(server, person));
    return page;
}

/** Chooses a number, enters the PIN and approves. */
export async function approve(page, number, pin) {
    await page.locator(".choice", { hasText: number }).click();
    await enterPin(page, pin);
    await page.locator(".phone-actions .btn-primary").click();
}

/** Presses the digits on the pad. */
export async function enterPin(page, pin) {
    for (const digit of pin) await page.locator(".pin-key", { hasText: digit }).click();
}

/** Denies what is shown. */
export async function deny(page) {
    await page.locator(".phone-actions .btn-outline-danger").click();
}

/** Waits for the screen with this icon: how the phone says how a request ended. */
export async function calm(page, icon) {
    await page.locator(`.phone-calm use[href$="#${icon}"]`).waitFor({ state: "attached" });
}
