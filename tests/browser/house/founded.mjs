// An organisation of its own, not the demo: founded in the browser, its texts and callbacks received here.
import { enter, registered, stranger, token } from "./people.mjs";
import { Receiver } from "./receiver.mjs";

const FOUNDER = { username: "doyun", name: "이도윤", password: "Hanok-2026-byeol!" };

/** A server, what it posts to, a visit to it, and the page of its super_admin, who is signed in. */
export async function founded(another, at, settings = []) {
    const receiver = await Receiver.start();
    const server = await another([...receiver.settings(), ...settings], "serve");
    const visit = at(server);
    const page = await visit.open();
    await page.goto(/http:\S+\/setup\?code=\S+/.exec(await server.log())[0]);
    await page.fill("#organisation", "별빛 협동조합");
    await page.fill("#name", FOUNDER.name);
    await page.fill("#user_id", FOUNDER.username);
    await page.fill("#password", FOUNDER.password);
    await page.fill("#password_confirm", FOUNDER.password);
    await page.click('form[action="/setup"] .btn-primary');
    await page.waitForURL("**/dashboard");
    return { receiver, server, visit, page, founder: FOUNDER };
}

/** Somebody there with a proven number and a PIN. */
export async function provenThere({ server, receiver }) {
    const person = await registered(server, stranger());
    const key = await token(server, person);
    await server.call("POST", "/api/v1/me/phone/", { token: key, body: { phone_number: person.phone } });
    const code = await receiver.code(person.phone);
    await server.call("POST", "/api/v1/me/phone/verify/", { token: key, body: { code } });
    await server.call("PUT", "/api/v1/me/pin/", { token: await token(server, person), body: { pin_code: person.pin } });
    return person;
}

/** A browser there in which `person` is signed in. */
export async function entered({ visit }, person) {
    const page = await visit.open();
    await enter(page, person);
    return page;
}
