// Browsers of a test: each a context of its own, watched for what no page may do.

const PATIENCE_MS = 20_000;

/** What pages said and asked that they should not have. */
class Watch {
    #faults = [];
    #allowed = [];
    #origin;

    constructor(origin) {
        this.#origin = origin;
    }

    /** From now on what matches is no fault. */
    allow(...patterns) {
        this.#allowed.push(...patterns);
    }

    of(context) {
        context.on("console", (message) => {
            if (message.type() === "error") this.#note(`console: ${message.text()} ${message.location().url}`);
        });
        context.on("weberror", (error) => this.#note(`uncaught: ${error.error()}`));
        context.on("dialog", (dialog) => {
            this.#note(`dialog: ${dialog.message()}`);
            dialog.dismiss().catch(() => {});
        });
        context.on("request", (request) => {
            const { protocol, origin } = new URL(request.url());
            if (protocol.startsWith("http") && origin !== this.#origin) this.#note(`elsewhere: ${request.url()}`);
        });
        context.on("response", (response) => {
            if (response.status() >= 400) this.#note(`answer: ${response.status()} ${response.url()}`);
        });
        context.on("requestfailed", (request) => {
            const why = request.failure()?.errorText ?? "";
            // What a page had under way when it was left.
            if (why !== "net::ERR_ABORTED") this.#note(`request: ${why} ${request.url()}`);
        });
    }

    #note(fault) {
        this.#faults.push(fault);
    }

    /** Those that were not allowed. */
    faults() {
        return this.#faults.filter((fault) => !this.#allowed.some((pattern) => pattern.test(fault)));
    }
}

/** A page that answers with this status: the answer and what the browser writes about it. */
export function status(code) {
    return new RegExp(`^answer: ${code} |status of ${code} `);
}

/** What a browser writes while its server or its network is away. */
export const AWAY =
    /ERR_(CONNECTION_(CLOSED|RESET|REFUSED|ABORTED|FAILED)|SOCKET_NOT_CONNECTED|EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING|INTERNET_DISCONNECTED)|WebSocket/;

/** What one test may use: a browser's contexts at `server`, closed with it. */
export class Visit {
    #browser;
    #contexts = [];
    #watch;

    constructor(browser, server) {
        this.#browser = browser;
        this.server = server;
        this.#watch = new Watch(server.url);
    }

    /** From now on these are no faults. */
    allow(...patterns) {
        this.#watch.allow(...patterns);
    }

    /** A page in a browser of its own; `options` are Playwright's of a context. */
    async open(options = {}) {
        const context = await this.#browser.newContext({
            baseURL: this.server.url,
            locale: "ko-KR",
            timezoneId: "Asia/Seoul",
            viewport: { width: 1280, height: 800 },
            reducedMotion: "reduce",
            ...options,
        });
        context.setDefaultTimeout(PATIENCE_MS);
        this.#contexts.push(context);
        this.#watch.of(context);
        return context.newPage();
    }

    /** Throws where a page did what it may not. */
    check() {
        const faults = [...new Set(this.#watch.faults())];
        if (faults.length > 0) throw new Error(faults.slice(0, 6).join("; "));
    }

    /** Saves a picture of every page. */
    async keep(name) {
        const pages = this.#contexts.flatMap((context) => context.pages());
        for (const [index, page] of pages.entries()) {
            await page.screenshot({ path: `${name}-${index}.png`, timeout: 5_000 });
        }
    }

    async close() {
        for (const context of this.#contexts) await context.close();
    }
}
