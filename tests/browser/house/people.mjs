// Made-up people, each with a number of their own, made over the API.
import { setTimeout as sleep } from "node:timers/promises";

const PASSWORD = "Haneul-2026-bit!";
const PIN = "482915";
let made = 0;

/** People of the demo, whose passwords everybody may know. */
export const DEMO_PEOPLE = {
    superAdmin: { username: "admin", password: "Hanok-2026-demo!" },
};

/** Somebody nobody knows yet. */
export function stranger(given = {}) {
    made += 1;
    const number = String(made).padStart(4, "0");
    const username = `saram-${number}`;
    return { name: "한하늘", username, password: PASSWORD, pin: PIN, phone: `010-7400-${number}`, ...given };
}

/** Somebody who has an account and nothing else. */
export async function registered(server, given) {
    const person = stranger(given);
    const { name, username, password } = person;
    await server.call("POST", "/api/v1/auth/register/", { body: { name, user_id: username, password } });
    return person;
}

/** An access token of theirs. */
export async function token(server, { username, password }) {
    const body = { username, password };
    return (await server.call("POST", "/api/v1/auth/login/", { body })).access_token;
}

/** The newest of what was texted to this number; it leaves by a job, and so not at once. */
export async function textedCode(server, phone) {
    const digits = phone.replaceAll("-", "").slice(1);
    for (let tries = 0; tries < 100; tries += 1) {
        const messages = await server.call("GET", "/dev/sms");
        const mine = messages.filter(({ to }) => to.replaceAll(/\D/g, "").endsWith(digits));
        const [newest] = mine.sort((one, other) => other.sent_at.localeCompare(one.sent_at));
        if (newest !== undefined) return /\b\d{6}\b/.exec(newest.text)[0];
        await sleep(100);
    }
    throw new Error(`nothing was texted to ${phone}`);
}

/** The newest letter to this address that says so; it leaves by a job as well. */
export async function letter(server, address, says = "") {
    for (let tries = 0; tries < 100; tries += 1) {
        const letters = await server.call("GET", "/dev/mail");
        const mine = letters.filter(({ to, text }) => to.includes(address) && text.includes(says));
        const [newest] = mine.sort((one, other) => other.sent_at.localeCompare(one.sent_at));
        if (newest !== undefined) return newest;
        await sleep(100);
    }
    throw new Error(`no letter to ${address}`);
}

/** Somebody with a proven number and a PIN. */
export async function proven(server, given) {
    const person = await registered(server, given);
    const key = await token(server, person);
    await server.call("POST", "/api/v1/me/phone/", { token: key, body: { phone_number: person.phone } });
    const code = await textedCode(server, person.phone);
    await server.call("POST", "/api/v1/me/phone/verify/", { token: key, body: { code } });
    // A number that is proven ends the token.
    const next = await token(server, person);
    await server.call("PUT", "/api/v1/me/pin/", { token: next, body: { pin_code: person.pin } });
    return person;
}

/** A pairing code for a phone of theirs. */
export async function pairingCode(server, person) {
    const options = { token: await token(server, person), body: { password: person.password } };
    return (await server.call("POST", "/api/v1/me/devices/", options)).pairing_code;
}

/** What the demo's shop asks of a person: the answer, with the number they should choose. */
export async function ask(server, person, given = {}) {
    const { client_id, client_secret } = await server.shop();
    const body = { client_id, client_secret, user_phone_number: person.phone, ...given };
    return server.call("POST", "/api/v1/auth/request/", { body });
}

/** Signs in by the form. */
export async function signIn(page, { username, password }) {
    if (!new URL(page.url(), "http://x").pathname.startsWith("/login")) await page.goto("/login");
    await page.fill("#user_id", username);
    await page.fill("#password", password);
    await Promise.all([
        page.waitForURL((url) => url.pathname !== "/login"),
        page.click('form[action="/login"] .btn-primary'),
    ]);
}

/** Signs the browser in without looking at a page. */
export async function enter(page, { username, password }) {
    const form = { user_id: username, password };
    const answer = await page.context().request.post("/login", { form, maxRedirects: 0 });
    if (answer.headers().location !== "/") throw new Error(`${username} is not let in: ${answer.status()}`);
}

/** Whether this browser is signed in. */
export async function isSignedIn(page) {
    const answer = await page.context().request.get("/session", { headers: { "X-Hanok-Background": "1" } });
    return (await answer.json()).signed_in;
}
