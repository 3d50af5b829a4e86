// One request on the phone: who asks, for what, for how long; the number, the PIN, yes or no.

import { button, element } from "./dom.ts";
import { PinPad } from "./pinpad.ts";
import type { Waiting } from "./requests.ts";
import { Ring } from "./ring.ts";
import { title } from "./screens.ts";
import type { Say } from "./texts.ts";

/** What the person may do. */
export interface RequestActions {
  approve: (request: Waiting, number: string, pin: string) => void;
  deny: (request: Waiting) => void;
  show: (request: Waiting) => void;
}

/** The screen of one request. */
export class RequestView {
  readonly request: Waiting;
  readonly nodes: Node[];
  readonly #say: Say;
  readonly #actions: RequestActions;
  readonly #ring: Ring;
  readonly #pad: PinPad;
  readonly #choices: HTMLButtonElement[];
  readonly #approve: HTMLButtonElement;
  readonly #deny: HTMLButtonElement;
  readonly #alert: HTMLElement;
  readonly #others: HTMLElement;
  #number: string | undefined;
  #sending = false;

  constructor(request: Waiting, say: Say, actions: RequestActions) {
    this.request = request;
    this.#say = say;
    this.#actions = actions;
    this.#ring = new Ring(request, say("time_left"));
    this.#pad = new PinPad(say, () => {
      this.#alert.hidden = true;
    });
    this.#choices = request.choices.map((number) =>
      button({ class: "choice", "aria-pressed": "false" }, () => {
        this.#choose(number);
      }, number),
    );
    this.#deny = button({ class: "btn btn-outline-danger" }, () => {
      this.#actions.deny(this.request);
    }, say("deny"));
    this.#approve = button({ class: "btn btn-primary" }, () => {
      this.#send();
    }, say("approve"));
    this.#alert = element("p", { class: "alert alert-danger phone-alert", role: "alert" });
    this.#alert.hidden = true;
    this.#others = element("div", { class: "phone-queue" });
    this.nodes = this.#drawn();
  }

  /** Draws the time that is left. */
  tick(now: number): void {
    this.#ring.draw(now);
  }

  /** Lists the other requests that wait. */
  others(requests: readonly Waiting[]): void {
    const rest = requests.filter((one) => one.id !== this.request.id);
    const links = rest.map((one) =>
      button({ class: "btn btn-sm w-100" }, () => {
        this.#actions.show(one);
      }, this.#say("show_other", { provider: one.provider })),
    );
    const count = element("p", { class: "phone-note" }, this.#say("others", { count: rest.length }));
    this.#others.replaceChildren(...(rest.length === 0 ? [] : [count, ...links]));
  }

  /** A call is under way, or not any more. */
  sending(which: "approve" | "deny" | undefined): void {
    this.#sending = which !== undefined;
    this.#approve.disabled = this.#sending;
    this.#deny.disabled = this.#sending;
    this.#approve.textContent = this.#say(which === "approve" ? "approving" : "approve");
    this.#deny.textContent = this.#say(which === "deny" ? "denying" : "deny");
  }

  /** Says what went wrong; the request still waits. */
  fault(text: string): void {
    this.#alert.textContent = text;
    this.#alert.hidden = false;
  }

  /** A key of the keyboard. True when it was for this screen. */
  key(key: string): boolean {
    return !this.#sending && this.#pad.key(key);
  }

  /** Forgets what was typed: the screen is left. */
  wipe(): void {
    this.#pad.wipe();
  }

  #choose(number: string): void {
    this.#number = number;
    this.#alert.hidden = true;
    for (const choice of this.#choices) {
      choice.setAttribute("aria-pressed", String(choice.textContent === number));
    }
  }

  #send(): void {
    if (this.#number === undefined) {
      this.fault(this.#say("choose_first"));
      this.#choices[0]?.focus();
    } else if (this.#pad.complete) {
      this.#actions.approve(this.request, this.#number, this.#pad.take());
    } else {
      this.fault(this.#say("pin_first"));
    }
  }

  #drawn(): Node[] {
    const { provider, message, from, signIn } = this.request;
    const asked = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "short" }).format(from);
    const words: Node[] = [
      title(this.#say(signIn ? "sign_in_asks" : "asks", { provider })),
      element("p", { class: "phone-note" }, this.#say("asked_at", { time: asked })),
    ];
    if (message !== undefined) words.push(element("p", { class: "phone-message" }, signIn ? this.#say("sign_in_from", { address: message }) : message));
    if (signIn) words.push(element("p", { class: "phone-note" }, this.#say("sign_in_beware")));
    const head = element("div", { class: "phone-head" }, this.#ring.node, element("div", { class: "phone-head-text" }, ...words));
    const legend = element("legend", {}, this.#say("choose"));
    const choices = element("fieldset", { class: "choices" }, legend, ...this.#choices);
    const label = element("p", { class: "phone-note text-center" }, this.#say("pin"));
    const actions = element("div", { class: "phone-actions" }, this.#deny, this.#approve);
    return [head, choices, label, this.#pad.node, this.#alert, actions, this.#others];
  }
}
