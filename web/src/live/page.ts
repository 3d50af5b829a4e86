// The one connection of a page with a session, which all that is live on it shares. The rooms of a page are named by
// its elements (`data-live-room`); up to where a person was told of notifications is remembered from page to page of
// a tab, so that what comes between two of them is told on the next.

import type { AppEvents, NotificationEvent, ReadyEvent } from "./events.ts";
import { Live, type LiveState } from "./socket.ts";
import { Unread } from "./unread.ts";

/** Something of a page that hears what happens. */
export interface Listener {
  /** The connection is there, the first time and every time again: something may have been missed. */
  ready?: (ready: ReadyEvent) => void;
  /** The connection is gone; it comes back by itself. */
  lost?: () => void;
  /** How many notifications are unread now, where that is another number than before. */
  unread?: (count: number) => void;
  /** Notifications that were not told before, in their order. */
  notifications?: (fresh: NotificationEvent[]) => void;
  /** Too much was missed: what lists notifications is read again. */
  reset?: () => void;
  /** What apps say in the page's rooms. */
  heard?: Partial<AppEvents>;
}

/** As many as one answer brings: who comes later on the page hears these too. */
const KEPT = 200;

const listeners: Listener[] = [];
const unread = new Unread();
let live: Live | undefined;
let ready: ReadyEvent | undefined;
let told: NotificationEvent[] = [];

/** Listens as long as the page is open; signed out, there is nothing to hear. */
export function listen(listener: Listener): void {
  if (document.getElementById("session-dialog") === null) return;
  listeners.push(listener);
  live ??= open();
  if (ready !== undefined) listener.ready?.(ready);
  if (unread.count !== undefined) listener.unread?.(unread.count);
  if (told.length > 0) listener.notifications?.(told);
}

function open(): Live {
  const marks = [...document.querySelectorAll<HTMLElement>("[data-live-room]")];
  const rooms = marks.map((mark) => mark.dataset.liveRoom ?? "");
  return new Live({
    // The cookie says who it is.
    auth: () => Promise.resolve(rooms.length > 0 ? { rooms } : {}),
    // Another role closes the socket too: only who is signed out stays away.
    refused: (code) => Promise.resolve(code !== "unauthorized"),
    state: stands,
    after: remembered(),
    followed: remember,
    ready: (now) => {
      ready = now;
      each((listener) => listener.ready?.(now));
      count(unread.hear(now));
    },
    unread: (now) => { count(unread.hear(now)); },
    notifications: hear,
    reset: (left) => {
      told = [];
      count(unread.reset(left));
      each((listener) => listener.reset?.());
    },
    heard: {
      alert: (alert) => { each((listener) => listener.heard?.alert?.(alert)); },
      comment: (changed) => { each((listener) => listener.heard?.comment?.(changed)); },
    },
  });
}

function each(tell: (listener: Listener) => void): void {
  listeners.forEach(tell);
}

function stands(state: LiveState): void {
  if (state === "online" || ready === undefined) return;
  ready = undefined;
  each((listener) => listener.lost?.());
}

function hear(fresh: NotificationEvent[]): void {
  told = [...told, ...fresh].slice(-KEPT);
  each((listener) => listener.notifications?.(fresh));
  let other = false;
  for (const one of fresh) {
    if (one.unread !== undefined && unread.hear({ unread: one.unread, seq: one.seq })) other = true;
  }
  count(other);
}

function count(other: boolean): void {
  const now = unread.count;
  if (other && now !== undefined) each((listener) => listener.unread?.(now));
}

/** Under which name the tab remembers it: another person in the same tab begins anew. */
function memory(): string | undefined {
  const account = document.querySelector<HTMLElement>("[data-bell]")?.dataset.bell;
  return account === undefined ? undefined : `hanok-told:${account}`;
}

function remembered(): number | undefined {
  const name = memory();
  const text = name === undefined ? null : sessionStorage.getItem(name);
  const seq = Number(text);
  return text !== null && Number.isSafeInteger(seq) && seq >= 0 ? seq : undefined;
}

function remember(last: number | undefined): void {
  const name = memory();
  if (name === undefined) return;
  if (last === undefined) sessionStorage.removeItem(name);
  else sessionStorage.setItem(name, String(last));
}
