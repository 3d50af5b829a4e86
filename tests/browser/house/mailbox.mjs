// A mail server (RFC 5321) that takes every letter and keeps it.
import { once } from "node:events";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

/** Takes letters until it is closed. */
export class Mailbox {
    #server;
    #letters = [];
    /** Those who wait for a letter: what it must be like, and whom to tell. */
    #waiting = [];

    static async start() {
        const mailbox = new Mailbox();
        mailbox.#server = new SMTPServer({
            authOptional: true,
            disabledCommands: ["STARTTLS", "AUTH"],
            onData: (stream, session, done) => {
                const to = session.envelope.rcptTo.map(({ address }) => address);
                simpleParser(stream).then((letter) => mailbox.#keep({ ...letter, to })).then(() => done(), done);
            },
        });
        mailbox.#server.listen(0, "127.0.0.1");
        await once(mailbox.#server.server, "listening");
        return mailbox;
    }

    /** What a server is told so that it sends its letters here. */
    settings() {
        const { port } = this.#server.server.address();
        return ["mail.mode=smtp", "mail.host=127.0.0.1", `mail.port=${port}`, "mail.security=none", "mail.from=hanok@example.com"];
    }

    #keep(letter) {
        this.#letters.push(letter);
        this.#waiting = this.#waiting.filter(({ like, tell }) => {
            if (like(letter)) tell(letter);
            return !like(letter);
        });
    }

    /** The letters to this address whose subject or text says so, the oldest first. */
    letters(address, says = "") {
        return this.#letters.filter(isTo(address, says));
    }

    /** The first of them, once it is there. */
    async letter(address, says = "") {
        const [first] = this.letters(address, says);
        return first ?? new Promise((tell) => this.#waiting.push({ like: isTo(address, says), tell }));
    }

    close() {
        return new Promise((done) => this.#server.close(done));
    }
}

const isTo = (address, says) => ({ to, subject, text }) => to.includes(address) && `${subject}\n${text}`.includes(says);

/** A header of a letter as it was sent, unfolded; the letter must have one of this name. */
export function header({ headerLines }, name) {
    const [{ line }, ...others] = headerLines.filter(({ key }) => key === name.toLowerCase());
    if (others.length > 0) throw new Error(`${name} stands there more than once`);
    return line.slice(name.length + 1).replaceAll(/\r?\n\s+/g, " ").trim();
}
