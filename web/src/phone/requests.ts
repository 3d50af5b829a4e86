// The requests that the phone holds, and which of them it shows.

import type { AuthRequestEvent } from "../live/events.ts";
import type { PendingRequest } from "./api.ts";

/** A request on the phone. Times are Unix milliseconds by the server's clock. */
export interface Waiting {
  id: string;
  provider: string;
  choices: string[];
  message: string | undefined;
  /** Somebody wants to sign in to Hanok itself; the message says from where. */
  signIn: boolean;
  from: number;
  until: number;
}

function waiting(request: PendingRequest | AuthRequestEvent, now: number): Waiting {
  return {
    id: request.transaction_id,
    provider: request.provider_name,
    choices: request.choices,
    message: request.binding_message ?? undefined,
    signIn: request.sign_in === true,
    from: "created_at" in request ? Date.parse(request.created_at) : now,
    until: Date.parse(request.expires_at),
  };
}

/** The part of its time that a request has left: 1 at its start, 0 at its end. */
export function partLeft(request: Pick<Waiting, "from" | "until">, now: number): number {
  const whole = request.until - request.from;
  if (whole <= 0) return 0;
  return Math.min(1, Math.max(0, (request.until - now) / whole));
}

/** What is left as `m:ss`, rounded up, never negative. */
export function minutesLeft(until: number, now: number): string {
  const seconds = Math.max(0, Math.ceil((until - now) / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** Whether a request is told in other words than it was: the numbers that it offers, who asks, or for what. */
export function toldOtherwise(shown: Waiting, held: Waiting): boolean {
  const words = (request: Waiting): string =>
    JSON.stringify([request.provider, request.choices, request.message, request.signIn]);
  return words(shown) !== words(held);
}

/** The queue, the one that ends first at its head. */
export class Queue {
  #items: Waiting[] = [];
  #changes = 0;

  /** How often the socket has added to it or taken away: a list that was asked for before is out of date. */
  get changes(): number {
    return this.#changes;
  }

  /** All that wait. */
  get items(): readonly Waiting[] {
    return this.#items;
  }

  /** One of them. */
  find(id: string | undefined): Waiting | undefined {
    return this.#items.find((item) => item.id === id);
  }

  /** Takes the server's whole list. Gives those that were not here before. */
  replace(requests: PendingRequest[], now: number): Waiting[] {
    const before = new Set(this.#items.map((item) => item.id));
    this.#items = requests.map((request) => waiting(request, now)).filter((item) => item.until > now);
    this.#sort();
    return this.#items.filter((item) => !before.has(item.id));
  }

  /** Takes one that was just asked; gives it if it is new and still counts. */
  add(request: AuthRequestEvent, now: number): Waiting | undefined {
    const item = waiting(request, now);
    if (this.find(item.id) !== undefined || item.until <= now) return undefined;
    this.#changes += 1;
    this.#items.push(item);
    this.#sort();
    return item;
  }

  /** Takes one away; gives it if it was here. */
  remove(id: string): Waiting | undefined {
    // Also of one that is not here: the list that is under way may still bring it.
    this.#changes += 1;
    const gone = this.find(id);
    this.#items = this.#items.filter((item) => item.id !== id);
    return gone;
  }

  /** Takes away those whose time has passed, and gives them. */
  expire(now: number): Waiting[] {
    const ended = this.#items.filter((item) => item.until <= now);
    if (ended.length > 0) this.#items = this.#items.filter((item) => item.until > now);
    return ended;
  }

  #sort(): void {
    this.#items.sort((one, other) => one.until - other.until || one.id.localeCompare(other.id));
  }
}
