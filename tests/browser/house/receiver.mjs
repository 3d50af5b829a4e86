// A little site on loopback: what a provider is told by, and the gateway that texts go through.
import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** What was posted to it stays; how it answers callbacks can be changed. */
export class Receiver {
    #server;
    /** How the next callback is answered. */
    answer = { status: 200, type: "text/plain", body: "ok" };
    /** The callbacks: each the compact JWE that came. */
    told = [];
    #texts = [];

    static async start() {
        const receiver = new Receiver();
        receiver.#server = createServer((request, response) => void receiver.#take(request, response));
        receiver.#server.listen(0, "127.0.0.1");
        await once(receiver.#server, "listening");
        // It keeps no run from ending.
        receiver.#server.unref();
        return receiver;
    }

    async #take(request, response) {
        const parts = [];
        for await (const part of request) parts.push(part);
        const body = Buffer.concat(parts).toString("utf8");
        if (request.url === "/sms") {
            this.#texts.push(JSON.parse(body));
            response.writeHead(200).end();
            return;
        }
        this.told.push(body);
        const { status, type, body: words } = this.answer;
        response.writeHead(status, { "Content-Type": type }).end(words);
    }

    get origin() {
        return `http://127.0.0.1:${this.#server.address().port}`;
    }

    /** Where a provider wants to be told. */
    get callback() {
        return `${this.origin}/callback`;
    }

    /** The settings of a server that may post here. */
    settings() {
        return [`identity.callback_allow_hosts=${this.origin}`, "accounts.sms=http", `accounts.sms_url=${this.origin}/sms`];
    }

    /** The code that was texted last to this number. */
    async code(phone) {
        const digits = phone.replaceAll("-", "").slice(1);
        for (let tries = 0; tries < 100; tries += 1) {
            const mine = this.#texts.filter(({ to }) => to.replaceAll(/\D/g, "").endsWith(digits));
            if (mine.length > 0) return /\b\d{6}\b/.exec(mine.at(-1).text)[0];
            await sleep(100);
        }
        throw new Error(`nothing was texted to ${phone}`);
    }

    close() {
        this.#server.close();
        this.#server.closeAllConnections();
    }
}

/** Of a compact JWE what is open to read: how it is sealed and by which key. */
export function header(jwe) {
    return JSON.parse(Buffer.from(jwe.split(".")[0], "base64url").toString("utf8"));
}
