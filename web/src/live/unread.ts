// How many notifications are unread: the newest word counts, whatever order the words come in.

import type { ReadyEvent } from "./events.ts";

/** Keeps the count of one person's unread notifications. */
export class Unread {
  #seq = 0;
  #count: number | undefined;

  /** How many; not known before the first word. */
  get count(): number | undefined {
    return this.#count;
  }

  /** Hears a count and the person's counter when it was taken; whether it is another than before. */
  hear({ unread, seq }: ReadyEvent): boolean {
    // Reading takes no number of its own: of two words with the same one the later counts.
    if (this.#count !== undefined && seq < this.#seq) return false;
    this.#seq = seq;
    return this.#is(unread);
  }

  /** The counter begins anew, or its words were lost: this count, and whatever comes next. */
  reset(unread: number): boolean {
    this.#seq = 0;
    return this.#is(unread);
  }

  #is(unread: number): boolean {
    const other = this.#count !== unread;
    this.#count = unread;
    return other;
  }
}
