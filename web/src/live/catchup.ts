// Which notifications are new, and when to ask for those that a lost connection swallowed.
// `last` is the highest number without a hole before it.

import type { CatchUpBatch, NotificationEvent } from "./events.ts";

/** What follows from something heard. */
export interface Step {
  /** Not heard before, in order of number. */
  fresh: NotificationEvent[];
  /** Ask `sync {after: last}`. */
  ask: boolean;
  /** Too much was missed: read the list again. */
  reset: boolean;
}

/** Keeps count of one person's notifications across connections. */
export class CatchUp {
  #last: number | undefined;
  #asking = false;
  /** Whether this connection has had its `ready`. */
  #greeted = false;
  /** Heard already, above `last`. */
  readonly #ahead = new Set<number>();

  /** Goes on where another page of the same tab stopped. */
  constructor(last?: number) {
    this.#last = last;
  }

  /** What the next connection sends as `after`; nothing before the first `ready`. */
  get last(): number | undefined {
    return this.#last;
  }

  /** A connection opened; an unanswered `sync` of the one before will not be answered. */
  opened(): void {
    this.#asking = false;
    this.#greeted = false;
  }

  /**
   * The server's counter; whether to ask `sync {after: last}`. Without an `after` there is nothing to catch up with,
   * and what a new connection missed comes by itself; a later greeting says that something may have been lost.
   */
  ready(seq: number): boolean {
    const again = this.#greeted;
    this.#greeted = true;
    if (this.#last === undefined) this.#moveTo(seq);
    return again && this.#last !== undefined && seq > this.#last && this.#askOnce();
  }

  /** One notification, live. */
  event(event: NotificationEvent): Step {
    if (this.#known(event.seq)) return { fresh: [], ask: false, reset: false };
    this.#ahead.add(event.seq);
    if (this.#last !== undefined) this.#moveTo(this.#last);
    const hole = this.#last !== undefined && this.#ahead.size > 0;
    return { fresh: [event], ask: hole && this.#askOnce(), reset: false };
  }

  /** A `catchup`, or the answer to `sync`. */
  batch(batch: CatchUpBatch): Step {
    this.#asking = false;
    if (batch.reset === true) {
      this.#last = undefined;
      this.#ahead.clear();
      return { fresh: [], ask: false, reset: true };
    }
    const fresh = batch.items
      .filter((item) => !this.#known(item.seq))
      .sort((one, other) => one.seq - other.seq);
    this.#moveTo(Math.max(batch.upto, this.#last ?? 0));
    return { fresh, ask: (batch.more || this.#ahead.size > 0) && this.#askOnce(), reset: false };
  }

  /** The page read its list again, which was complete up to this number. */
  reloaded(seq: number): void {
    this.#moveTo(seq);
  }

  #known(seq: number): boolean {
    return this.#ahead.has(seq) || (this.#last !== undefined && seq <= this.#last);
  }

  #askOnce(): boolean {
    if (this.#asking) return false;
    this.#asking = true;
    return true;
  }

  /** Moves `last` there and on over what was heard ahead without a hole. */
  #moveTo(seq: number): void {
    let last = seq;
    while (this.#ahead.has(last + 1)) last += 1;
    for (const heard of this.#ahead) {
      if (heard <= last) this.#ahead.delete(heard);
    }
    this.#last = last;
  }
}
