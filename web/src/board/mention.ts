// Whoever is to be named is offered after an `@`: those who may read what is written.

/** How long nothing is typed before it is asked, in milliseconds. */
const QUIET = 150;
/** What stands behind the `@`, up to the cursor. */
const NAMING = /(?:^|[^\p{L}\p{N}_])@([\p{L}\p{N}._-]{1,64})$/u;

interface Person {
  username: string;
  name: string;
}

/** Offers names in one field. */
class Completion {
  readonly #field: HTMLTextAreaElement;
  readonly #post: string;
  readonly #box: HTMLUListElement;
  #people: Person[] = [];
  #chosen = 0;
  #waiting: number | undefined;

  constructor(field: HTMLTextAreaElement, post: string) {
    this.#field = field;
    this.#post = post;
    this.#box = document.createElement("ul");
    this.#box.className = "mention-box";
    this.#box.id = `mention-${crypto.randomUUID()}`;
    this.#box.hidden = true;
    this.#box.setAttribute("role", "listbox");
    const label = document.querySelector<HTMLElement>("[data-mention-label]")?.dataset.mentionLabel;
    this.#box.setAttribute("aria-label", label ?? "@");
    field.after(this.#box);
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", this.#box.id);
    field.addEventListener("input", () => {
      clearTimeout(this.#waiting);
      this.#waiting = window.setTimeout(() => { void this.#ask(); }, QUIET);
    });
    field.addEventListener("keydown", (event) => { this.#key(event); });
    field.addEventListener("blur", () => { this.#close(); });
  }

  #typed(): string | undefined {
    const before = this.#field.value.slice(0, this.#field.selectionStart);
    return NAMING.exec(before)?.[1];
  }

  async #ask(): Promise<void> {
    const part = this.#typed();
    if (part === undefined) {
      this.#close();
      return;
    }
    try {
      const query = new URLSearchParams({ post: this.#post, q: part });
      const answer = await fetch(`/api/v1/board/people?${query.toString()}`);
      if (!answer.ok || part !== this.#typed()) return;
      const { people } = (await answer.json()) as { people: Person[] };
      this.#offer(people);
    } catch {
      this.#close();
    }
  }

  #offer(people: Person[]): void {
    this.#people = people;
    this.#chosen = 0;
    this.#box.replaceChildren(...people.map((person, at) => this.#option(person, at)));
    this.#box.hidden = people.length === 0;
    this.#mark();
  }

  #option(person: Person, at: number): HTMLLIElement {
    const option = document.createElement("li");
    option.id = `${this.#box.id}-${String(at)}`;
    option.setAttribute("role", "option");
    option.textContent = `${person.name} @${person.username}`;
    // Before the field loses the focus.
    option.addEventListener("mousedown", (event) => {
      event.preventDefault();
      this.#take(at);
    });
    return option;
  }

  #key(event: KeyboardEvent): void {
    if (this.#box.hidden || event.isComposing) return;
    const count = this.#people.length;
    if (event.key === "ArrowDown") this.#chosen = (this.#chosen + 1) % count;
    else if (event.key === "ArrowUp") this.#chosen = (this.#chosen + count - 1) % count;
    else if (event.key === "Enter" || event.key === "Tab") this.#take(this.#chosen);
    else if (event.key === "Escape") this.#close();
    else return;
    event.preventDefault();
    this.#mark();
  }

  #mark(): void {
    for (const [at, option] of [...this.#box.children].entries()) {
      option.setAttribute("aria-selected", String(at === this.#chosen));
    }
    if (this.#box.hidden) this.#field.removeAttribute("aria-activedescendant");
    else this.#field.setAttribute("aria-activedescendant", `${this.#box.id}-${String(this.#chosen)}`);
  }

  #take(at: number): void {
    const person = this.#people[at];
    const part = this.#typed();
    if (person !== undefined && part !== undefined) {
      const end = this.#field.selectionStart;
      this.#field.setRangeText(`${person.username} `, end - part.length, end, "end");
    }
    this.#close();
  }

  #close(): void {
    clearTimeout(this.#waiting);
    this.#box.hidden = true;
    this.#mark();
  }
}

/** Offers names in every field of a comment, once it is written in. */
export function completeMentions(): void {
  const ready = new WeakSet<HTMLTextAreaElement>();
  document.addEventListener("focusin", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLTextAreaElement) || ready.has(field)) return;
    const post = field.form?.dataset.mentionPost;
    if (post === undefined) return;
    ready.add(field);
    new Completion(field, post);
  });
}
