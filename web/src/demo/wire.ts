// The drawer: the shop's messages come with the page, the phone's are told by the phone beside it.

import type { Seen, SeenKind } from "../phone/witness.ts";

const KINDS = new Set<string>(["pair", "request", "confirm", "deny", "done"] satisfies SeenKind[]);
/** More are not kept. */
const MOST = 120;

/** What the phone told, if that is what it is. */
export function seen(data: unknown): Seen | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const { hanok, kind, at, sent, answer } = data as Partial<Record<keyof Seen, unknown>>;
  const isSeen = hanok === "seen" && typeof kind === "string" && KINDS.has(kind);
  if (!isSeen || typeof at !== "number" || typeof answer !== "string") return undefined;
  const message: Seen = { hanok: "seen", kind: kind as SeenKind, at, answer };
  if (typeof sent === "string") message.sent = sent;
  return message;
}

/** The list of messages, in the order of their times. */
export class Wire {
  readonly #list: HTMLElement;
  readonly #root: HTMLElement;

  constructor(root: HTMLElement, list: HTMLElement) {
    this.#root = root;
    this.#list = list;
  }

  /** Takes those of a newer copy of the page that are not here yet. */
  take(newer: ParentNode): void {
    for (const item of newer.querySelectorAll<HTMLElement>("#wire > li")) {
      const id = item.dataset.id ?? "";
      if (this.#list.querySelector(`:scope > [data-id="${CSS.escape(id)}"]`) === null) this.#put(item);
    }
    this.#count();
  }

  /** Adds what the phone told. */
  add(message: Seen): void {
    const template = this.#root.querySelector<HTMLTemplateElement>(`template[data-phone-message="${message.kind}"]`);
    const item = template?.content.firstElementChild?.cloneNode(true);
    if (!(item instanceof HTMLElement)) return;
    item.dataset.at = new Date(message.at).toISOString();
    for (const part of ["sent", "answer"] as const) {
      const text = message[part];
      const body = item.querySelector(`[data-fill="${part}"]`);
      if (text !== undefined && body !== null) body.textContent = text;
      else item.querySelectorAll(`[data-fill="${part}"], [data-part="${part}"]`).forEach((node) => { node.remove(); });
    }
    this.#put(item);
    this.#count();
  }

  /** Forgets all. */
  clear(): void {
    this.#list.replaceChildren();
    this.#count();
  }

  #put(item: HTMLElement): void {
    const at = Date.parse(item.dataset.at ?? "");
    const items = [...this.#list.children].filter((one) => one instanceof HTMLElement);
    const later = items.find((one) => Date.parse(one.dataset.at ?? "") > at);
    this.#list.insertBefore(item, later ?? null);
    if (items.length >= MOST) items[0]?.remove();
  }

  #count(): void {
    const count = this.#list.childElementCount;
    const badge = this.#root.querySelector("#wire-count");
    if (badge !== null) badge.textContent = String(count);
    const none = this.#root.querySelector<HTMLElement>("#wire-none");
    if (none !== null) none.hidden = count > 0;
  }
}
