// A sign-in by phone that is asked again and taken back.
import assert from "node:assert/strict";
import { isSignedIn, proven } from "../house/people.mjs";
import { deny, pairedPhone } from "../house/phone.mjs";
import { test } from "../house/suite.mjs";

/** Asks for this name from the page of the password; ends on the page that waits. */
async function askPhone(page, username) {
    await page.goto("/login?next=%2Faccount");
    await page.click('form[action="/login/phone"] button');
    await page.fill("#user_id", username);
    await page.click('form[action="/login/phone"] .btn-primary');
    await page.waitForURL("**/login/phone/wait**");
}

test("a sign-in that the phone denied can be asked again, and taken back, which the phone hears", async ({ open, server }) => {
    const person = await proven(server);
    const phone = await pairedPhone(open, server, person);
    const page = await open();
    await askPhone(page, person.username);
    await phone.locator(".choice").first().waitFor();
    await deny(phone);
    await page.locator(".alert-warning").waitFor();
    await phone.locator(".phone-calm .btn-primary").click();
    await page.click(".form-actions .btn-primary");
    await page.waitForURL("**/login/phone?**");
    await askPhone(page, person.username);
    await phone.locator(".choice").first().waitFor();
    await page.click('form[action="/login/phone/cancel"] button');
    await page.waitForURL("**/login?**");
    await phone.locator(".phone-calm").waitFor();
    assert.equal(await isSignedIn(page), false);
});
