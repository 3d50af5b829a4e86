// The phone beside the shop: this browser, paired the real way with a code that the page asks for.

import { forget, paired } from "../phone/key.ts";

interface PhoneAnswer {
  known: boolean;
  pairing_code: string | null;
}

/** Sends a form's fields to the demo. */
export async function post(path: string, fields: Record<string, string>): Promise<Response> {
  const response = await fetch(path, { method: "POST", body: new URLSearchParams(fields) });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response;
}

/** The frame with the phone, and the line below it. */
export class Handset {
  readonly #frame: HTMLIFrameElement;
  readonly #state: HTMLElement;

  constructor(frame: HTMLIFrameElement, state: HTMLElement) {
    this.#frame = frame;
    this.#state = state;
  }

  /** Whether this is the window of the phone. */
  is(source: MessageEventSource | null): boolean {
    return source !== null && source === this.#frame.contentWindow;
  }

  /** Shows the phone, which is paired first where this browser holds none of the person's. */
  async connect(): Promise<void> {
    this.say("connecting");
    this.#frame.hidden = false;
    try {
      const before = await paired().catch(() => undefined);
      const fields: Record<string, string> = before === undefined ? {} : { device_id: before.deviceId };
      const answer = await (await post("/demo/phone", fields)).json() as PhoneAnswer;
      if (answer.known) {
        this.#frame.src = "/phone";
        this.say("known");
        return;
      }
      if (answer.pairing_code === null) throw new Error("no pairing code");
      await forget().catch(() => undefined);
      this.#frame.src = `/phone#pair=${encodeURIComponent(answer.pairing_code)}`;
    } catch {
      this.#frame.src = "/phone";
      this.say("failed");
    }
  }

  /** Lets this browser's phone go. Gives the demo's page as it is then. */
  async reset(): Promise<string> {
    const before = await paired().catch(() => undefined);
    this.#frame.removeAttribute("src");
    const fields: Record<string, string> = before === undefined ? {} : { device_id: before.deviceId };
    const page = await (await post("/demo/reset", fields)).text();
    await forget().catch(() => undefined);
    return page;
  }

  /** Says how the phone stands. */
  say(state: "connecting" | "paired" | "known" | "failed"): void {
    const key = `text${state.charAt(0).toUpperCase()}${state.slice(1)}`;
    this.#state.textContent = this.#state.dataset[key] ?? "";
  }
}
