// The comments of a post: what is new appears by itself, and one is sent without leaving the page.

import type { CommentEvent } from "../live/events.ts";
import { listen } from "./room.ts";

/** How often it is asked all the same whether there is something new, in milliseconds. */
const LOOK = 30_000;

/** What came since, as the server shows it. */
interface Changed {
  comments: HTMLElement[];
  newest: number;
  count: string;
  /** Whether there are more behind them. */
  more: boolean;
}

/** Follows the comments of the post that the page shows. */
export class Comments {
  readonly #place: HTMLElement;
  readonly #list: HTMLElement;
  readonly #post: string;
  #newest: number;
  #asking: Promise<void> = Promise.resolve();

  constructor(place: HTMLElement, list: HTMLElement) {
    this.#place = place;
    this.#list = list;
    this.#post = place.dataset.post ?? "";
    this.#newest = Number(place.dataset.newest) || 0;
  }

  start(): void {
    this.#place.addEventListener("submit", (event) => {
      const form = event.target;
      if (form instanceof HTMLFormElement && "commentForm" in form.dataset) {
        event.preventDefault();
        void this.#send(form);
      }
    });
    listen(this.#post, {
      ready: () => { void this.#look(); },
      lost: () => { this.#say(this.#place.dataset.textOffline); },
      changed: (changed) => { void this.#heard(changed); },
    });
    setInterval(() => {
      if (!document.hidden) void this.#look();
    }, LOOK);
  }

  #heard(changed: CommentEvent): Promise<void> {
    this.#count(String(changed.count));
    const known = document.getElementById(`comment-${String(changed.comment_id)}`);
    return known === null ? this.#look() : this.#renew(changed.comment_id, known);
  }

  /** One question at a time, in their order. */
  #look(): Promise<void> {
    this.#asking = this.#asking.then(() => this.#lookOnce());
    return this.#asking;
  }

  async #lookOnce(): Promise<void> {
    let [more, elsewhere] = [true, false];
    while (more) {
      const changed = await this.#ask(`after=${String(this.#newest)}`);
      if (changed === undefined) return;
      this.#say(elsewhere ? this.#place.dataset.textNew : "");
      this.#count(changed.count);
      more = changed.more && changed.newest > this.#newest;
      this.#newest = Math.max(this.#newest, changed.newest);
      for (const comment of changed.comments) {
        if (document.getElementById(comment.id) === null && !this.#insert(comment)) elsewhere = true;
      }
    }
    if (elsewhere) this.#say(this.#place.dataset.textNew);
  }

  async #renew(id: number, known: HTMLElement): Promise<void> {
    // Somebody is writing there: what they write is not taken away.
    if (known.querySelector("details[open]") !== null) return;
    const changed = await this.#ask(`only=${String(id)}`);
    if (changed === undefined) return;
    const [now] = changed.comments;
    if (now === undefined) known.remove();
    else known.replaceWith(now);
  }

  async #ask(query: string): Promise<Changed | undefined> {
    try {
      const answer = await fetch(`/post/${this.#post}/comments?${query}`, {
        headers: { "X-Hanok-Background": "1" },
        cache: "no-store",
      });
      if (!answer.ok || answer.redirected) return undefined;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const list = page.querySelector<HTMLElement>("[data-comments-changed]");
      if (list === null) return undefined;
      const comments = [...list.querySelectorAll<HTMLElement>("[data-comment]")];
      const { newest, count, more } = list.dataset;
      return { comments, newest: Number(newest) || 0, count: count ?? "", more: more === "true" };
    } catch {
      return undefined;
    }
  }

  /** Puts a comment where it belongs; `false` where that is on another page. */
  #insert(comment: HTMLElement): boolean {
    const thread = comment.dataset.thread ?? "";
    const siblings = this.#list.querySelectorAll(`[data-thread="${CSS.escape(thread)}"]`);
    const last = siblings[siblings.length - 1];
    // The last thread of a page goes on on the next one.
    const ends = last === this.#list.lastElementChild && this.#place.dataset.complete !== "true";
    if (last !== undefined && ends) return false;
    if (last !== undefined) {
      last.after(comment);
    } else if (this.#place.dataset.complete === "true" && thread === comment.dataset.comment) {
      this.#list.append(comment);
    } else {
      return false;
    }
    comment.classList.add("comment-new");
    this.#place.querySelector("[data-comments-none]")?.setAttribute("hidden", "");
    return true;
  }

  async #send(form: HTMLFormElement): Promise<void> {
    const fields = new FormData(form);
    const content = fields.get("content");
    const parent = Number(fields.get("parent")) || null;
    const request = form.elements.namedItem("request_id");
    const requestId = request instanceof HTMLInputElement ? request.value : undefined;
    if (form.getAttribute("aria-busy") === "true") return;
    form.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(`/api/v1/posts/${this.#post}/comments`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ content, parent_id: parent, request_id: requestId }),
      });
      // Nobody is signed in any more, or the server is ill: what was typed stays where it is.
      if (answer.status === 401 || answer.status >= 500) throw new Error(String(answer.status));
      if (!answer.ok) {
        // The page says what is wrong, with what was typed.
        form.submit();
        return;
      }
      const { id } = (await answer.json()) as { id: number };
      form.reset();
      // The next one is another, even of the same words.
      if (request instanceof HTMLInputElement) request.value = crypto.randomUUID();
      fold(form.closest("details"));
      await this.#look();
      this.#show(id);
    } catch {
      this.#say(this.#place.dataset.textUnsent);
    } finally {
      form.removeAttribute("aria-busy");
    }
  }

  #show(id: number): void {
    const comment = document.getElementById(`comment-${String(id)}`);
    if (comment === null) {
      location.assign(`/comment/${String(id)}`);
      return;
    }
    comment.scrollIntoView({ block: "nearest" });
  }

  #count(count: string): void {
    const shown = this.#place.querySelector("[data-comments-count]");
    const number = Number(count);
    if (shown !== null && count !== "" && Number.isFinite(number)) shown.textContent = number.toLocaleString("en");
  }

  /** Said once: a screen reader reads every change. */
  #say(text: string | undefined): void {
    const news = this.#place.querySelector("[data-comments-news]");
    if (news !== null && news.textContent !== (text ?? "")) news.textContent = text ?? "";
  }
}

/** Closes what somebody answered in; the focus goes to what opens it. */
function fold(details: HTMLDetailsElement | null): void {
  if (details === null) return;
  const hadFocus = details.contains(document.activeElement);
  details.open = false;
  if (hadFocus) details.querySelector("summary")?.focus();
}

/** Follows the comments where the page has some. */
export function followComments(): void {
  const place = document.querySelector<HTMLElement>("[data-comments]");
  const list = place?.querySelector<HTMLElement>("[data-comments-list]");
  if (place && list) new Comments(place, list).start();
}
