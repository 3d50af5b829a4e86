// What stands around every screen of the phone: its name, the connection, the sound switch.

import type { LiveState } from "../live/socket.ts";
import type { Alarm } from "./alarm.ts";
import { button, element, icon } from "./dom.ts";
import type { Say } from "./texts.ts";

/** The frame and the place where screens go. */
export class Frame {
  readonly #screen = element("div", { class: "phone-screen" });
  readonly #live = element("span", { class: "live", role: "status" });
  readonly #said = element("p", { class: "visually-hidden", role: "status", "aria-live": "assertive" });
  readonly #say: Say;

  constructor(root: HTMLElement, say: Say, alarm: Alarm) {
    this.#say = say;
    const brand = element("h1", { class: "phone-brand" }, say("title"));
    const end = element("div", { class: "phone-top-end" }, this.#live, this.#soundSwitch(alarm));
    const head = element("header", { class: "phone-top" }, brand, end);
    if (root.dataset.demo === "true") {
      brand.after(element("span", { class: "badge badge-demo" }, say("demo")));
    }
    this.#live.hidden = true;
    root.replaceChildren(head, this.#screen, this.#said);
  }

  /** Shows a screen; focus goes to its title, or stays where it is. */
  show(children: Node[], focus: boolean): void {
    this.#screen.replaceChildren(...children);
    this.#screen.scrollTop = 0;
    if (focus) this.#screen.querySelector<HTMLElement>("[data-focus]")?.focus();
  }

  /** Says something to those who listen instead of look. */
  announce(text: string): void {
    this.#said.textContent = text;
  }

  /** Shows whether requests arrive by themselves. */
  live(state: LiveState | undefined): void {
    this.#live.hidden = state === undefined;
    if (state === undefined) return;
    this.#live.dataset.live = state;
    this.#live.replaceChildren(element("span", { class: "live-dot" }), this.#say(state));
  }

  #soundSwitch(alarm: Alarm): HTMLButtonElement {
    const toggle = button({ class: "phone-switch" }, () => {
      alarm.turn(!alarm.on);
      draw();
      alarm.ring();
    });
    const draw = (): void => {
      toggle.replaceChildren(icon(alarm.on ? "volume" : "volume-off"));
      toggle.setAttribute("aria-label", this.#say(alarm.on ? "sound_on" : "sound_off"));
      toggle.setAttribute("aria-pressed", String(alarm.on));
    };
    draw();
    return toggle;
  }
}
