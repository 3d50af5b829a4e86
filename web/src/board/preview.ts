// What is being written is shown as it will look, while it is written.

/** How long nothing is typed before it is shown anew, in milliseconds. */
const QUIET = 400;

/** The preview of one form. */
class Preview {
  readonly #form: HTMLFormElement;
  readonly #text: HTMLTextAreaElement;
  readonly #button: HTMLButtonElement;
  readonly #place: HTMLElement;
  #waiting: number | undefined;
  /** The number of the last question: an earlier answer is not shown after a later one. */
  #asked = 0;

  constructor(form: HTMLFormElement, text: HTMLTextAreaElement, button: HTMLButtonElement, place: HTMLElement) {
    this.#form = form;
    this.#text = text;
    this.#button = button;
    this.#place = place;
  }

  start(): void {
    this.#button.addEventListener("click", () => {
      this.#place.hidden = !this.#place.hidden;
      this.#button.setAttribute("aria-expanded", String(!this.#place.hidden));
      if (!this.#place.hidden) void this.#show();
    });
    this.#text.addEventListener("input", () => {
      window.clearTimeout(this.#waiting);
      if (this.#place.hidden) return;
      this.#waiting = window.setTimeout(() => { void this.#show(); }, QUIET);
    });
  }

  async #show(): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    const content = this.#text.value;
    if (content.trim() === "") {
      this.#place.textContent = this.#form.dataset.unseenEmpty ?? "";
      return;
    }
    try {
      const answer = await fetch("/api/v1/posts/preview", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ content }),
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const { html } = (await answer.json()) as { html: string };
      if (asked !== this.#asked) return;
      // The server has made it harmless, as it does for the page of the post.
      const page = new DOMParser().parseFromString(html, "text/html");
      this.#place.replaceChildren(...page.body.childNodes);
    } catch {
      if (asked === this.#asked) this.#place.textContent = this.#form.dataset.unseen ?? "";
    }
  }
}

/** Offers the preview in the form of a post. */
export function showPreview(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-board-draft]");
  const look = form?.querySelector<HTMLElement>("[data-board-look]");
  const button = look?.querySelector<HTMLButtonElement>("[data-board-look-button]");
  const place = look?.querySelector<HTMLElement>("[data-board-preview]");
  const text = form?.elements.namedItem("content");
  if (!form || !look || !button || !place || !(text instanceof HTMLTextAreaElement)) return;
  look.hidden = false;
  new Preview(form, text, button, place).start();
}
