// Reads a part of a page again when the server says that there is something new, to whoever has signed in here.

import { listen } from "../live/page.ts";

/** Calls `ask` at every word of the organisation, and whenever a connection was lost and is back. */
export function whenTold(ask: () => void): void {
  let before = false;
  listen({
    ready: () => {
      if (before) ask();
      before = true;
    },
    heard: { alert: ask },
  });
}

/** Calls `ask` when there are other notifications than those of the number `shown`, or others of them are unread. */
export function whenNotified(shown: number, ask: () => void): void {
  let before = false;
  let due = false;
  // One word of the server may be heard as several things.
  const soon = (): void => {
    if (due) return;
    due = true;
    queueMicrotask(() => {
      due = false;
      ask();
    });
  };
  listen({
    ready: ({ seq }) => {
      if (before || seq !== shown) soon();
      before = true;
    },
    unread: () => {
      if (before) soon();
    },
    notifications: soon,
    reset: soon,
  });
}
