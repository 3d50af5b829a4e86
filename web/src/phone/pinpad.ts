// The PIN pad: digits only, by touch or keyboard. No input field, so no browser offers to keep it.

import { button, element, icon } from "./dom.ts";
import { PIN_LENGTH, PinBuffer } from "./pin.ts";
import type { Say } from "./texts.ts";

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

/** A pad for six digits. */
export class PinPad {
  readonly node: HTMLElement;
  readonly #buffer = new PinBuffer();
  readonly #dots: HTMLElement[];
  readonly #said: HTMLElement;
  readonly #say: Say;
  readonly #changed: () => void;

  constructor(say: Say, changed: () => void) {
    this.#say = say;
    this.#changed = changed;
    this.#dots = Array.from({ length: PIN_LENGTH }, () => element("span", { class: "pin-dot" }));
    this.#said = element("span", { class: "visually-hidden", "aria-live": "polite" });
    const dots = element("div", { class: "pin-dots", "aria-hidden": "true" }, ...this.#dots);
    this.node = element("div", { class: "pin", role: "group", "aria-label": say("pin") }, dots, this.#said, this.#keys());
  }

  get complete(): boolean {
    return this.#buffer.complete;
  }

  /** A key of the keyboard; true when it was one for the pad. */
  key(key: string): boolean {
    if (key === "Backspace") this.#buffer.back();
    else if (!this.#buffer.type(key)) return false;
    this.#draw();
    return true;
  }

  /** The PIN, once; the pad is empty afterwards. */
  take(): string {
    const pin = this.#buffer.take();
    this.#draw();
    return pin;
  }

  /** Forgets what was typed. */
  wipe(): void {
    this.#buffer.wipe();
    this.#draw();
  }

  #keys(): HTMLElement {
    const digit = (value: string): HTMLElement =>
      button({ class: "pin-key", "aria-label": this.#say("pin_digit", { digit: value }) }, () => this.key(value), value);
    const clear = button({ class: "pin-key", "aria-label": this.#say("pin_clear") }, () => {
      this.wipe();
    }, icon("x"));
    const back = button({ class: "pin-key", "aria-label": this.#say("pin_delete") }, () => this.key("Backspace"), icon("arrow-left"));
    return element("div", { class: "pin-keys" }, ...DIGITS.map(digit), clear, digit("0"), back);
  }

  #draw(): void {
    const { length } = this.#buffer;
    this.#dots.forEach((dot, place) => {
      dot.dataset.filled = String(place < length);
    });
    this.#said.textContent = this.#say("pin_entered", { count: length });
    this.#changed();
  }
}
