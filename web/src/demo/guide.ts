// The guided demo at work: its forms are sent without leaving the page, and what happens elsewhere is fetched.

import { Handset, post } from "./handset.ts";
import { seen, Wire } from "./wire.ts";

const POLL_MS = 1_000;
/** How long news is still looked for after the end: the shop asks for the status then. */
const AFTER_MS = 6_000;
const BACKGROUND = { headers: { "X-Hanok-Background": "1" } };

function fieldsOf(form: HTMLFormElement): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string") fields[name] = value;
  }
  return fields;
}

/** The page. */
export class Guide {
  readonly #root: HTMLElement;
  readonly #state: HTMLElement;
  readonly #wire: Wire;
  readonly #handset: Handset;
  #version: string;
  #until = 0;
  #busy = false;
  /** Counts what this page sent; a copy of the page fetched before that is old. */
  #turn = 0;

  constructor(root: HTMLElement, state: HTMLElement, wire: Wire, handset: Handset) {
    this.#root = root;
    this.#state = state;
    this.#wire = wire;
    this.#handset = handset;
    this.#version = root.dataset.version ?? "";
  }

  /** Begins. */
  start(): void {
    this.#root.addEventListener("submit", (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement)) return;
      if ("demoForm" in form.dataset) this.#intercept(event, form, () => this.#sent(form));
      else if ("demoReset" in form.dataset) this.#intercept(event, form, () => this.#reset());
    });
    addEventListener("message", (event: MessageEvent<unknown>) => {
      if (event.origin === location.origin && this.#handset.is(event.source)) this.#told(event.data);
    });
    setInterval(() => { this.#poll(); }, POLL_MS);
    this.#watch();
    void this.#handset.connect().then(() => this.#refresh());
  }

  /** Sends the form here; where that fails, the browser does it. */
  #intercept(event: SubmitEvent, form: HTMLFormElement, act: () => Promise<void>): void {
    event.preventDefault();
    if (this.#busy) return;
    this.#busy = true;
    this.#turn += 1;
    const buttons = form.querySelectorAll("button");
    buttons.forEach((button) => { button.disabled = true; });
    void act().catch(() => { form.submit(); }).finally(() => {
      this.#busy = false;
      buttons.forEach((button) => { button.disabled = false; });
    });
  }

  async #sent(form: HTMLFormElement): Promise<void> {
    const path = new URL(form.action).pathname;
    const page = await (await post(path, fieldsOf(form))).text();
    this.#show(page);
    this.#root.querySelector<HTMLElement>("#shop-title")?.focus();
  }

  async #reset(): Promise<void> {
    const page = await this.#handset.reset();
    this.#wire.clear();
    this.#show(page);
    await this.#handset.connect();
    await this.#refresh();
  }

  #told(data: unknown): void {
    const message = seen(data);
    if (message === undefined) return;
    this.#wire.add(message);
    if (message.kind === "pair") this.#handset.say(message.answer.startsWith("201") ? "paired" : "failed");
    else if (message.kind !== "request") this.#until = Date.now() + AFTER_MS;
  }

  /** Looks on while a request waits, and a little longer. */
  #watch(): void {
    if (this.#root.dataset.waiting === "true") this.#until = Date.now() + AFTER_MS;
  }

  #poll(): void {
    this.#watch();
    if (!this.#busy && !document.hidden && Date.now() < this.#until) void this.#look().catch(() => undefined);
  }

  async #look(): Promise<void> {
    const response = await fetch("/demo/news", BACKGROUND);
    const { version } = await response.json() as { version: number };
    if (String(version) !== this.#version) await this.#refresh();
  }

  async #refresh(): Promise<void> {
    const turn = this.#turn;
    const response = await fetch("/demo", BACKGROUND);
    const page = await response.text();
    if (response.ok && turn === this.#turn) this.#show(page);
  }

  /** Takes what is new from a newer copy of this page. */
  #show(page: string): void {
    const newer = new DOMParser().parseFromString(page, "text/html");
    const root = newer.getElementById("demo");
    const state = newer.getElementById("shop-state");
    if (root === null || state === null) return;
    this.#wire.take(newer);
    const version = root.dataset.version ?? "";
    if (version === this.#version) return;
    this.#version = version;
    this.#root.dataset.waiting = root.dataset.waiting;
    this.#watch();
    const held = this.#state.contains(document.activeElement);
    this.#state.replaceChildren(...state.childNodes);
    if (held) this.#root.querySelector<HTMLElement>("#shop-title")?.focus();
  }
}
