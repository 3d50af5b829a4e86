// The page /phone: pairs this browser, or lets it work as the paired phone.

import "../styles/phone.css";
import "../styles/ring.css";
import { Alarm } from "../phone/alarm.ts";
import { Frame } from "../phone/frame.ts";
import { canHoldKey, forget, paired, type Paired } from "../phone/key.ts";
import { codeIn, pairScreen } from "../phone/pair.ts";
import { Phone, type Place } from "../phone/phone.ts";
import { calm } from "../phone/screens.ts";
import { speaker } from "../phone/texts.ts";
import { tellAround } from "../phone/witness.ts";
import { registerWorker } from "../phone/worker.ts";

/** Takes the pairing code out of the address, so that it stays in no history. */
function takenCode(): string | undefined {
  const code = codeIn(location.hash);
  if (code !== undefined) history.replaceState(null, "", location.pathname + location.search);
  return code;
}

class PhonePage {
  readonly #place: Place;
  readonly #demo: boolean;
  #phone: Phone | undefined;

  constructor(root: HTMLElement, texts: string) {
    const say = speaker(texts);
    const alarm = new Alarm();
    const frame = new Frame(root, say, alarm);
    const language = root.dataset.lang ?? document.documentElement.lang;
    this.#demo = root.dataset.demo === "true";
    if (this.#demo) tellAround();
    this.#place = { say, frame, alarm, language, origin: root.dataset.origin ?? location.origin };
  }

  async start(): Promise<void> {
    const { say, frame } = this.#place;
    if (!canHoldKey()) {
      const note = say("unsupported_note");
      frame.show(calm({ icon: "lock", bad: true, title: say("unsupported_title"), note, actions: [] }), false);
      return;
    }
    registerWorker();
    addEventListener("hashchange", () => void this.#enter());
    await this.#enter();
  }

  async #enter(): Promise<void> {
    const code = takenCode();
    const before = await paired().catch(() => undefined);
    if (before !== undefined && code === undefined) this.#work(before);
    else this.#pair(code, before);
  }

  #pair(code: string | undefined, before: Paired | undefined): void {
    this.#phone?.stop();
    const { say, language, frame } = this.#place;
    const form = pairScreen({
      say,
      language,
      code: code ?? "",
      replaces: before !== undefined,
      done: (pairing) => { this.#work(pairing); },
      cancel: () => {
        if (before !== undefined) this.#work(before);
      },
    });
    frame.show(form.nodes, true);
    // In the demo the page beside the phone has asked for the code: no tap is needed.
    if (this.#demo && code !== undefined) form.submit();
  }

  #work(pairing: Paired): void {
    this.#phone?.stop();
    this.#phone = new Phone(this.#place, pairing, () => void this.#forget());
    this.#phone.start();
  }

  async #forget(): Promise<void> {
    this.#phone?.stop();
    this.#phone = undefined;
    await forget();
    this.#pair(undefined, undefined);
  }
}

const root = document.getElementById("phone");
const texts = document.getElementById("texts");
if (root !== null && texts !== null) void new PhonePage(root, texts.textContent).start();
