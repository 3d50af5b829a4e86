// A person to whom something has happened.
import { ask, proven } from "./people.mjs";

const told = new Map();

async function tell(server) {
    const person = await proven(server);
    const answer = (path, asked, given) =>
        server.call("POST", path, { body: { transaction_id: asked.transaction_id, ...given } });
    const first = await ask(server, person, { binding_message: "주문 2건, 48,000원" });
    await answer("/api/v1/auth/confirm/", first, { pin_code: person.pin, binding_code: first.binding_code });
    await answer("/api/v1/auth/deny/", await ask(server, person));
    // Many tests share it, so it waits as long as any may.
    const waiting = await ask(server, person, { requested_expiry: 600 });
    const paths = [first, waiting].map(({ transaction_id }) => `/history/${transaction_id}`);
    return { person, paths, waiting: paths.at(-1) };
}

/** How long its request can be counted on to wait: it has ten minutes. */
const FRESH_MS = 300_000;

/** Somebody who approved one request, denied one and has one waiting; and the pages of these. Told anew where its request may run out. */
export function lived(server) {
    const before = told.get(server);
    if (before !== undefined && Date.now() - before.at < FRESH_MS) return before.story;
    const story = tell(server);
    told.set(server, { at: Date.now(), story });
    return story;
}
