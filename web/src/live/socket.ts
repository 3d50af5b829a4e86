// One connection to the server's socket, which comes back by itself.

import { io, type Socket } from "socket.io-client";
import { CatchUp, type Step } from "./catchup.ts";
import type {
  AppEvents,
  AuthDoneEvent,
  AuthRequestEvent,
  CatchUpBatch,
  ClientEvents,
  NotificationEvent,
  ReadyEvent,
  ServerEvents,
} from "./events.ts";

/** Whether what changes arrives by itself. */
export type LiveState = "connecting" | "online" | "offline";

/** What a connection needs, and whom it tells. */
export interface LiveOptions {
  /** The newest proof of who connects, and the `rooms` that the page asks for; `after` is added to it. */
  auth: () => Promise<Record<string, unknown>>;
  /** Called when the server refused or closed: renew what was refused. `false` gives up. */
  refused: (code: string) => Promise<boolean>;
  state: (state: LiveState) => void;
  /** Connected, the first time and every time again, and greeted anew after a gap. */
  ready?: (ready: ReadyEvent) => void;
  /** Up to which number the person was told of what happened, by another page of the same tab. */
  after?: number | undefined;
  /** Up to which number they were told now; not known while too much was missed. */
  followed?: (last: number | undefined) => void;
  notifications?: (fresh: NotificationEvent[]) => void;
  /** Some were read. */
  unread?: (now: ReadyEvent) => void;
  /** Too much was missed: read the list again. */
  reset?: (unread: number) => void;
  authRequest?: (request: AuthRequestEvent) => void;
  authDone?: (done: AuthDoneEvent) => void;
  /** What apps say in the rooms that are joined. */
  heard?: Partial<AppEvents>;
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

/** The server's word for a refusal, from a `connect_error`. */
export function refusalCode(error: Error & { data?: unknown }): string {
  const data = error.data;
  if (typeof data === "object" && data !== null && "code" in data && typeof data.code === "string") {
    return data.code;
  }
  return error.message;
}

/** A live connection; closed by `close`. */
export class Live {
  readonly #options: LiveOptions;
  readonly #catchUp: CatchUp;
  readonly #socket: Socket<ServerEvents, ClientEvents>;
  #wait = FIRST_WAIT_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#catchUp = new CatchUp(options.after);
    this.#socket = io({
      path: "/socket.io/",
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      reconnectionDelay: FIRST_WAIT_MS,
      reconnectionDelayMax: 5_000,
      auth: (give) => {
        void this.#proof().then(give);
      },
    });
    this.#listen();
    addEventListener("online", this.#wake);
    addEventListener("offline", this.#sleep);
    options.state("connecting");
  }

  /** Ends the connection for good. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    removeEventListener("online", this.#wake);
    removeEventListener("offline", this.#sleep);
    this.#socket.close();
  }

  async #proof(): Promise<Record<string, unknown>> {
    const after = this.#catchUp.last;
    const proof = await this.#options.auth();
    return after === undefined ? proof : { ...proof, after };
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on("connect", () => {
      this.#catchUp.opened();
    });
    socket.on("ready", (ready) => {
      this.#wait = FIRST_WAIT_MS;
      const ask = this.#catchUp.ready(ready.seq);
      this.#options.state("online");
      this.#options.ready?.(ready);
      this.#follow({ fresh: [], ask, reset: false });
    });
    socket.on("catchup", (batch) => {
      this.#caughtUp(batch);
    });
    socket.on("notification", (notification) => {
      this.#follow(this.#catchUp.event(notification));
    });
    socket.on("unread", (now) => this.#options.unread?.(now));
    socket.on("auth_request", (request) => this.#options.authRequest?.(request));
    socket.on("auth_done", (done) => this.#options.authDone?.(done));
    const heard = this.#options.heard ?? {};
    for (const name of Object.keys(heard) as (keyof AppEvents)[]) {
      const tell = heard[name];
      if (tell !== undefined) socket.on(name, tell);
    }
    socket.on("disconnect", (reason) => {
      this.#lost(reason === "io server disconnect" ? "session_ended" : undefined);
    });
    socket.on("connect_error", (error) => {
      this.#lost(socket.active ? undefined : refusalCode(error));
    });
  }

  #caughtUp(batch: CatchUpBatch): void {
    const step = this.#catchUp.batch(batch);
    if (batch.reset === true) this.#options.reset?.(batch.unread);
    this.#follow(step);
  }

  #follow(step: Step): void {
    if (step.fresh.length > 0) this.#options.notifications?.(step.fresh);
    const after = this.#catchUp.last;
    this.#options.followed?.(after);
    // After a reset the list is read again; up to where that goes is asked without a number.
    if (!step.ask && !step.reset) return;
    this.#socket.emit("sync", after === undefined ? {} : { after }, (batch: CatchUpBatch) => {
      this.#caughtUp(batch);
    });
  }

  /** The connection is gone. Socket.IO comes back by itself unless the server refused. */
  #lost(refusal: string | undefined): void {
    if (this.#closed) return;
    this.#options.state(navigator.onLine ? "connecting" : "offline");
    if (refusal !== undefined) this.#renew(refusal);
  }

  #renew(code: string): void {
    clearTimeout(this.#timer);
    const wait = this.#wait;
    this.#wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    this.#timer = setTimeout(() => {
      void this.#options.refused(code).then(
        (again) => {
          if (this.#closed) return;
          if (again) this.#socket.connect();
          else this.#options.state("offline");
        },
        () => {
          if (!this.#closed) this.#renew(code);
        },
      );
    }, wait);
  }

  readonly #wake = (): void => {
    this.#options.state(this.#socket.connected ? "online" : "connecting");
    this.#socket.connect();
  };

  readonly #sleep = (): void => {
    this.#options.state("offline");
  };
}
