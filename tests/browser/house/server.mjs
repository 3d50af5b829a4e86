// A program of its own: on a free port, in a directory of its own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const PATIENCE_MS = 60_000;

/** Everything here comes from one address, and signs in again and again. */
const UNLIMITED = [
    "limits.address_per_minute=0",
    "limits.account_per_minute=0",
    "limits.sign_in_per_minute=0",
    "limits.sign_in_failures_per_address_per_minute=0",
    "limits.phone_sign_in_per_address_per_minute=0",
    "limits.register_per_address_per_minute=0",
    "limits.board_write_per_minute=0",
    "accounts.devices_max=1000",
    "accounts.phone_code_sends_per_hour=100000",
    "identity.per_phone_provider_10min=100000",
    "identity.per_phone_provider_day=100000",
    "identity.per_phone_10min=100000",
];

/**
 * Where servers of tests listen: below what a kernel gives to outgoing connections (from 32768), so that a server
 * that was killed finds its port free when it comes back, and beside what the tests in Rust take.
 */
const PORTS = { from: 32_000, to: 32_767 };
const given = new Set();

async function isFree(port) {
    const server = createServer();
    try {
        await once(server.listen(port, "127.0.0.1"), "listening");
    } catch {
        return false;
    }
    server.close();
    await once(server, "close");
    return true;
}

/** A port that no other server of these tests has. */
async function freePort() {
    for (let port = PORTS.from; port <= PORTS.to; port += 1) {
        if (given.has(port)) continue;
        given.add(port);
        if (await isFree(port)) return port;
    }
    throw new Error(`no port from ${PORTS.from} to ${PORTS.to} is free`);
}

/** The program as a process. */
export class Server {
    #program;
    #settings;
    #serves;
    #place;
    #process;
    /** Those that run, so that none outlives the tests. */
    static #running = new Set();
    port;
    url;

    /** Starts one with these settings beside those that take the limits away: a demo, or as an organisation does. */
    static async start(program, settings = [], serves = "demo") {
        const server = new Server();
        server.#program = program;
        server.#settings = [...UNLIMITED, ...settings];
        server.#serves = serves;
        server.#place = await mkdtemp(join(tmpdir(), "hanok-browser-"));
        server.port = await freePort();
        server.url = `http://localhost:${server.port}`;
        await server.again();
        return server;
    }

    /** Starts it on what it had kept. */
    async again() {
        const sets = this.#settings.flatMap((setting) => ["--set", setting]);
        const log = await open(join(this.#place, "server.log"), "a");
        const words = [...sets, "--data-dir", join(this.#place, "data"), this.#serves];
        const env = { ...process.env, PORT: String(this.port) };
        this.#process = spawn(this.#program, words, { env, stdio: ["ignore", log.fd, log.fd] });
        const { pid } = this.#process;
        Server.#running.add(pid);
        this.#process.once("exit", () => Server.#running.delete(pid));
        const ended = once(this.#process, "exit");
        const until = Date.now() + PATIENCE_MS;
        for (;;) {
            const answer = await fetch(`${this.url}/health/ready`).catch(() => undefined);
            if (answer?.ok) break;
            if (this.#process.exitCode !== null || Date.now() > until) {
                throw new Error(`no start: ${(await this.log()).slice(-2000)}`);
            }
            await Promise.race([sleep(100), ended]);
        }
        await log.close();
    }

    /** Ends those that a test left. */
    static killAll() {
        for (const pid of Server.#running) process.kill(pid, "SIGKILL");
    }

    /** All that it said. */
    log() {
        return readFile(join(this.#place, "server.log"), "utf8");
    }

    /** The database file. */
    database() {
        return join(this.#place, "data", "hanok.db");
    }

    /** The shop's credentials. */
    async shop() {
        return JSON.parse(await readFile(join(this.#place, "data", "demo.json"), "utf8"));
    }

    /** Ends it as a power cut would. */
    async kill() {
        const ended = once(this.#process, "exit");
        this.#process.kill("SIGKILL");
        await ended;
    }

    /** Ends it; everything it kept goes with it. */
    async stop() {
        if (this.#process.exitCode === null && this.#process.signalCode === null) await this.kill();
        await rm(this.#place, { recursive: true, force: true });
    }

    /** Calls the API; gives the answer's JSON, and throws where it is not 2xx. */
    async call(method, path, { body, token, headers = {} } = {}) {
        const answer = await fetch(this.url + path, {
            method,
            headers: {
                Accept: "application/json",
                ...(body === undefined ? {} : { "Content-Type": "application/json" }),
                ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
                ...headers,
            },
            body: body === undefined ? undefined : JSON.stringify(body),
        });
        const text = await answer.text();
        if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
        return text === "" ? undefined : JSON.parse(text);
    }
}
