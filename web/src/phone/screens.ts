// The phone's quiet screens: waiting, the end of a request, the end of a pairing.

import { button, element, icon } from "./dom.ts";
import type { Waiting } from "./requests.ts";
import type { Say, TextKey } from "./texts.ts";

/** A screen with an icon, a title, a sentence and what can be done. */
export interface Calm {
  icon: string;
  bad?: boolean;
  title: string;
  note: string;
  actions: Node[];
}

/** A title that takes the focus when its screen appears. */
export function title(text: string): HTMLElement {
  return element("h2", { class: "phone-title", tabindex: -1, "data-focus": true }, text);
}

/** Draws a quiet screen. */
export function calm(screen: Calm): Node[] {
  const kind = screen.bad === true ? "phone-calm phone-bad" : "phone-calm";
  const note = element("p", { class: "phone-note" }, screen.note);
  return [element("div", { class: kind }, icon(screen.icon), title(screen.title), note, ...screen.actions)];
}

/** The phone waits. Forgetting the pairing asks once more. */
export function idle(say: Say, name: string, forget: () => void): Node[] {
  const place = element("div", { class: "form-actions justify-content-center" });
  const ask = (): void => {
    const yes = button({ class: "btn btn-outline-danger btn-sm" }, forget, say("forget_yes"));
    const no = button({ class: "btn btn-sm" }, rest, say("forget_no"));
    place.replaceChildren(element("p", { class: "phone-note w-100" }, say("forget_sure")), yes, no);
    no.focus();
  };
  const rest = (): void => {
    place.replaceChildren(button({ class: "btn btn-link btn-sm" }, ask, say("forget")));
  };
  rest();
  const phone = element("p", { class: "phone-note" }, say("idle_phone", { name }));
  return calm({ icon: "shield-check", title: say("idle_title"), note: say("idle_note"), actions: [phone, place] });
}

/** How a request ended. */
export type Outcome = "approved" | "denied" | "expired" | "ended" | "elsewhere";

const OUTCOMES: Record<Outcome, { icon: string; bad: boolean; title: TextKey; note: TextKey }> = {
  approved: { icon: "circle-check", bad: false, title: "approved_title", note: "approved_note" },
  denied: { icon: "circle-x", bad: false, title: "denied_title", note: "denied_note" },
  expired: { icon: "clock-x", bad: true, title: "expired_title", note: "expired_note" },
  ended: { icon: "info-circle", bad: false, title: "ended_title", note: "ended_note" },
  elsewhere: { icon: "circle-check", bad: false, title: "elsewhere_title", note: "elsewhere_note" },
};

/** What is said otherwise of a sign-in. */
const SIGN_IN_NOTES: Partial<Record<Outcome, TextKey>> = {
  approved: "sign_in_approved_note",
  denied: "sign_in_denied_note",
};

/** The end of a request. */
export function outcome(say: Say, how: Outcome, request: Pick<Waiting, "provider" | "signIn">, done: () => void): Node[] {
  const shown = OUTCOMES[how];
  const ok = button({ class: "btn btn-primary w-100" }, done, say("ok"));
  const key = (request.signIn ? SIGN_IN_NOTES[how] : undefined) ?? shown.note;
  const note = say(key, { provider: request.provider });
  return calm({ icon: shown.icon, bad: shown.bad, title: say(shown.title), note, actions: [ok] });
}

/** The server refused, and the request is over. */
export function refused(say: Say, key: TextKey, provider: string, done: () => void): Node[] {
  const ok = button({ class: "btn btn-primary w-100" }, done, say("ok"));
  return calm({ icon: "alert-circle", bad: true, title: say("refused_title"), note: say(key, { provider }), actions: [ok] });
}

/** The server no longer knows this phone. */
export function revoked(say: Say, again: () => void, retry: () => void): Node[] {
  const pair = button({ class: "btn btn-primary w-100" }, again, say("pair_again"));
  const once = button({ class: "btn btn-link w-100" }, retry, say("retry"));
  return calm({ icon: "device-mobile-off", bad: true, title: say("revoked_title"), note: say("revoked_note"), actions: [pair, once] });
}
