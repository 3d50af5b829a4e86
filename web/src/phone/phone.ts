// The paired phone: holds the requests, shows one, and tells the server what its person said.

import { Live } from "../live/socket.ts";
import type { AuthDoneEvent } from "../live/events.ts";
import type { Alarm } from "./alarm.ts";
import { PhoneApi, Refusal } from "./api.ts";
import type { Frame } from "./frame.ts";
import type { Paired } from "./key.ts";
import { Queue, toldOtherwise, type Waiting } from "./requests.ts";
import * as screens from "./screens.ts";
import { errorKey, type Say } from "./texts.ts";
import { RequestView } from "./view.ts";
import { heard } from "./witness.ts";

/** Refusals after which a request may be tried again. */
const PASSING = new Set(["busy", "rate_limited", "network", "unavailable", "unknown", "invalid_request", "timed_out", "internal"]);
const TICK_MS = 250;
/** How often the list is read while the socket is away and the page is seen. */
const POLL_MS = 10_000;

/** What the phone stands on. */
export interface Place {
  say: Say;
  frame: Frame;
  alarm: Alarm;
  language: string;
  /** The server's origin, which signatures name. */
  origin: string;
}

/** A paired phone at work; ended by `stop`. */
export class Phone {
  readonly #place: Place;
  readonly #paired: Paired;
  readonly #api: PhoneApi;
  readonly #queue = new Queue();
  readonly #forget: () => void;
  readonly #timers: ReturnType<typeof setInterval>[] = [];
  #live: Live | undefined;
  #online = false;
  #view: RequestView | undefined;
  /** A result is on the screen until its person has read it. */
  #result = false;
  /** Whose request ended, where the screen says so: a new one of theirs takes its place at once. */
  #ended: string | undefined;
  #busy = false;
  /** Ended by this phone, so that the server's word about it is no news. */
  readonly #ownDone = new Set<string>();

  constructor(place: Place, paired: Paired, forget: () => void) {
    this.#place = place;
    this.#paired = paired;
    this.#forget = forget;
    const signer = { deviceId: paired.deviceId, privateKey: paired.privateKey, origin: place.origin };
    this.#api = new PhoneApi(signer, place.language);
  }

  /** Begins: reads what waits, then listens. */
  start(): void {
    this.#showNext();
    this.#timers.push(setInterval(() => { this.#tick(); }, TICK_MS), setInterval(() => { this.#poll(); }, POLL_MS));
    document.addEventListener("visibilitychange", this.#wake);
    addEventListener("pageshow", this.#wake);
    document.addEventListener("keydown", this.#key);
    void this.#refresh().then((known) => {
      if (known) this.#listen();
    });
  }

  /** Ends: no timer, no socket, nothing typed. */
  stop(): void {
    this.#view?.wipe();
    this.#timers.forEach(clearInterval);
    this.#live?.close();
    document.removeEventListener("visibilitychange", this.#wake);
    removeEventListener("pageshow", this.#wake);
    document.removeEventListener("keydown", this.#key);
    this.#place.frame.live(undefined);
  }

  #listen(): void {
    this.#live = new Live({
      auth: async () => ({ device: await this.#api.socketProof() }),
      refused: () => this.#refresh(),
      state: (state) => {
        this.#online = state === "online";
        this.#place.frame.live(state);
      },
      ready: () => void this.#refresh(),
      authRequest: (request) => {
        heard("request", "auth_request", request);
        const added = this.#queue.add(request, this.#api.clock.now());
        if (added === undefined) return;
        this.#arrived([added]);
        // Asking for it tells the server that it has been seen; a hidden page does so when it is looked at.
        if (!document.hidden) void this.#refresh();
      },
      authDone: (done) => {
        heard("done", "auth_done", done);
        this.#done(done);
      },
    });
  }

  /** Reads the list. False when the server no longer knows this phone. */
  async #refresh(): Promise<boolean> {
    try {
      const { changes } = this.#queue;
      const pending = await this.#api.pending();
      if (this.#busy) return true;
      // What the socket said meanwhile is newer than this list.
      if (this.#queue.changes !== changes) return await this.#refresh();
      const shown = this.#view?.request;
      const fresh = this.#queue.replace(pending, this.#api.clock.now());
      this.#compared(shown);
      this.#arrived(fresh);
    } catch (error) {
      if (error instanceof Refusal && (error.code === "invalid_device" || error.code === "unauthorized")) {
        this.#revoked();
        return false;
      }
      this.#place.frame.live(navigator.onLine ? "connecting" : "offline");
    }
    return true;
  }

  /** The server's list counts, and an event is a hint of it: what it tells otherwise is drawn anew, what it lacks has ended. */
  #compared(shown: Waiting | undefined): void {
    if (shown === undefined) return;
    const held = this.#queue.find(shown.id);
    if (held === undefined) this.#vanished(shown);
    else if (toldOtherwise(shown, held)) this.#show(held);
  }

  #arrived(fresh: Waiting[]): void {
    const [first] = fresh;
    if (first !== undefined) {
      this.#place.alarm.ring();
      this.#place.frame.announce(this.#place.say(first.signIn ? "sign_in_arrived" : "arrived", { provider: first.provider }));
    }
    const again = fresh.find((one) => one.provider === this.#ended);
    if (again !== undefined) this.#show(again);
    else if (this.#view === undefined && (first !== undefined || !this.#result)) this.#showNext();
    else this.#view?.others(this.#queue.items);
  }

  #showNext(): void {
    const [next] = this.#queue.items;
    if (next === undefined) this.#idle();
    else this.#show(next);
  }

  #show(request: Waiting): void {
    this.#leave();
    const { say, frame } = this.#place;
    const view = new RequestView(request, say, {
      approve: (_, number, pin) => void this.#act("approve", () => this.#api.confirm(request.id, pin, number)),
      deny: () => void this.#act("deny", () => this.#api.deny(request.id)),
      show: (other) => { this.#show(other); },
    });
    this.#view = view;
    view.others(this.#queue.items);
    view.tick(this.#api.clock.now());
    frame.show(view.nodes, true);
  }

  #idle(): void {
    this.#leave();
    const { say, frame } = this.#place;
    frame.show(screens.idle(say, this.#paired.name, this.#forget), false);
  }

  /** Leaves the screen that is shown; what was typed on it is forgotten. */
  #leave(): void {
    this.#view?.wipe();
    this.#view = undefined;
    this.#result = false;
    this.#ended = undefined;
  }

  #outcome(how: screens.Outcome, request: Waiting): void {
    this.#leave();
    this.#queue.remove(request.id);
    this.#result = true;
    if (how === "ended") this.#ended = request.provider;
    this.#place.frame.show(screens.outcome(this.#place.say, how, request, () => { this.#showNext(); }), true);
  }

  async #act(which: "approve" | "deny", call: () => Promise<void>): Promise<void> {
    const view = this.#view;
    if (view === undefined || this.#busy) return;
    this.#busy = true;
    this.#ownDone.add(view.request.id);
    view.sending(which);
    try {
      await call();
      this.#outcome(which === "approve" ? "approved" : "denied", view.request);
    } catch (error) {
      await this.#refusedAct(view, error instanceof Refusal ? error : new Refusal("unknown"));
    } finally {
      this.#busy = false;
      view.sending(undefined);
    }
  }

  /** A refusal ends the request, or leaves it waiting with a word of what went wrong. */
  async #refusedAct(view: RequestView, refusal: Refusal): Promise<void> {
    if (refusal.code === "invalid_device" || refusal.code === "unauthorized") {
      this.#revoked();
      return;
    }
    const { say, frame } = this.#place;
    const wrongPin = refusal.code === "invalid_pin" && await this.#stillWaits(view.request);
    if (wrongPin || PASSING.has(refusal.code)) {
      this.#ownDone.delete(view.request.id);
      view.fault(say(wrongPin ? "pin_wrong" : errorKey(refusal.code), { provider: view.request.provider }));
      return;
    }
    this.#leave();
    this.#queue.remove(view.request.id);
    this.#result = true;
    const key = errorKey(refusal.code);
    frame.show(screens.refused(say, key, view.request.provider, () => { this.#showNext(); }), true);
  }

  /** Whether a wrong PIN left the request open, as the server may be set. */
  async #stillWaits(request: Waiting): Promise<boolean> {
    const pending = await this.#api.pending().catch(() => []);
    return pending.some((one) => one.transaction_id === request.id);
  }

  #done(done: AuthDoneEvent): void {
    if (this.#ownDone.has(done.transaction_id)) return;
    const gone = this.#queue.remove(done.transaction_id);
    if (gone === undefined) return;
    if (this.#view?.request.id !== gone.id) this.#view?.others(this.#queue.items);
    else if (done.status === "COMPLETED") this.#outcome("elsewhere", gone);
    else this.#outcome(done.status === "EXPIRED" ? "expired" : "ended", gone);
  }

  /** The request on the screen is no longer on the server's list. */
  #vanished(request: Waiting): void {
    this.#outcome(request.until <= this.#api.clock.now() ? "expired" : "ended", request);
  }

  #tick(): void {
    const now = this.#api.clock.now();
    this.#view?.tick(now);
    if (this.#busy) return;
    const ended = this.#queue.expire(now);
    if (ended.length === 0) return;
    const shown = ended.find((one) => one.id === this.#view?.request.id);
    if (shown !== undefined) this.#outcome("expired", shown);
    else this.#view?.others(this.#queue.items);
  }

  #revoked(): void {
    const { say, frame, alarm } = this.#place;
    this.#leave();
    this.stop();
    alarm.ring();
    frame.show(screens.revoked(say, this.#forget, () => { location.reload(); }), true);
  }

  #poll(): void {
    if (!this.#online && !document.hidden && this.#live !== undefined) void this.#refresh();
  }

  readonly #wake = (): void => {
    if (!document.hidden && this.#live !== undefined) void this.#refresh();
  };

  readonly #key = (event: KeyboardEvent): void => {
    const typing = event.ctrlKey || event.metaKey || event.altKey;
    if (!typing && this.#view?.key(event.key) === true) event.preventDefault();
  };
}
