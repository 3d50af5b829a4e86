// The session's idle end: a warning a minute before, "stay signed in", and tabs that end together.
// It asks the server only when it matters: near the end, when a tab comes back, when another tab is signed out.

import { idleStep } from "./idle.ts";
import { toast } from "./toasts.ts";

interface SessionAnswer {
  signed_in: boolean;
  idle_expires_at?: string;
}

type TabMessage = { kind: "signed-in"; end: number } | { kind: "signed-out" };

const LONGEST_TIMER_MS = 2 ** 31 - 1;
const RETRY_MS = 5_000;

class SessionWatch {
  readonly #dialog: HTMLDialogElement;
  readonly #tabs: BroadcastChannel;
  #end: number;
  /** The server has confirmed this end; until then it is the page's own count. */
  #confirmed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(dialog: HTMLDialogElement, tabs: BroadcastChannel) {
    this.#dialog = dialog;
    this.#tabs = tabs;
    this.#end = Date.now() + Number(dialog.dataset.idleSeconds ?? "1800") * 1_000;
  }

  start(): void {
    this.#tabs.addEventListener("message", (event: MessageEvent<TabMessage>) => {
      if (event.data.kind === "signed-in") this.#moveTo(event.data.end, false);
      else void this.#ask();
    });
    this.#tell();
    this.#dialog.querySelector("[data-session-stay]")?.addEventListener("click", () => void this.#stay());
    this.#dialog.addEventListener("cancel", () => void this.#stay());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.#step();
    });
    addEventListener("pageshow", (event) => {
      if (event.persisted) void this.#ask();
    });
    this.#step();
  }

  #tell(): void {
    this.#tabs.postMessage({ kind: "signed-in", end: this.#end } satisfies TabMessage);
  }

  #moveTo(end: number, confirmed: boolean): void {
    if (!confirmed && end <= this.#end) return;
    this.#end = end;
    this.#confirmed = confirmed;
    this.#step();
  }

  #step(): void {
    clearTimeout(this.#timer);
    const step = idleStep(this.#end, Date.now());
    if (step.kind === "wait") {
      if (this.#dialog.open) this.#dialog.close();
      this.#later(step.ms);
    } else if (!this.#confirmed || step.kind === "over") {
      void this.#ask();
    } else {
      this.#warn(step.secondsLeft);
    }
  }

  #later(ms: number): void {
    this.#timer = setTimeout(() => { this.#step(); }, Math.min(ms, LONGEST_TIMER_MS));
  }

  #warn(secondsLeft: number): void {
    const left = this.#dialog.querySelector("[data-session-left]");
    if (left !== null) left.textContent = String(secondsLeft);
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#later(1_000);
  }

  /** Asks how long the session lasts; other tabs may have kept it alive. Never extends it. */
  async #ask(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      const answer = await fetch("/session", { headers: { "X-Hanok-Background": "1" }, cache: "no-store" });
      const session = (await answer.json()) as SessionAnswer;
      const end = Date.parse(session.idle_expires_at ?? "");
      if (!session.signed_in || end <= Date.now()) this.#over();
      else if (Number.isNaN(end)) this.#later(RETRY_MS);
      else this.#moveTo(end, true);
    } catch {
      this.#later(RETRY_MS);
    }
  }

  async #stay(): Promise<void> {
    try {
      const answer = await fetch("/session/extend", { method: "POST" });
      if (answer.status === 401) {
        this.#over();
        return;
      }
      await this.#ask();
      this.#tell();
      toast("stayed");
    } catch {
      toast("offline");
      this.#later(RETRY_MS);
    }
  }

  #over(): void {
    this.#tabs.close();
    location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  }
}

/** Watches the session where somebody is signed in; elsewhere tells the other tabs to look. */
export function watchSession(): void {
  const tabs = new BroadcastChannel("hanok-session");
  const dialog = document.getElementById("session-dialog");
  if (dialog instanceof HTMLDialogElement) new SessionWatch(dialog, tabs).start();
  else if (document.body.classList.contains("layout-card")) {
    tabs.postMessage({ kind: "signed-out" } satisfies TabMessage);
  }
}
