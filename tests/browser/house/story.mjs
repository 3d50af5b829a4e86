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
    // The whole run shares it, so it waits as long as any may.
    const waiting = await ask(server, person, { requested_expiry: 600 });
    const paths = [first, waiting].map(({ transaction_id }) => `/history/${transaction_id}`);
    return { person, paths, waiting: paths.at(-1) };
}

/** Somebody who approved one request, denied one and has one waiting; and the pages of these. Once a server. */
export function lived(server) {
    if (!told.has(server)) told.set(server, tell(server));
    return told.get(server);
}
