// Reads a page again when the server says that there is something new, as whoever has signed in here.

import { Live } from "../live/socket.ts";

/** Calls `ask` at every word of the organisation, and whenever a connection was lost and is back. */
export function whenTold(ask: () => void): void {
  let before = false;
  new Live({
    // The cookie says who it is.
    auth: () => Promise.resolve({}),
    // Another role closes the socket too: only who is signed out stays away.
    refused: (code) => Promise.resolve(code !== "unauthorized"),
    state: () => undefined,
    ready: () => {
      if (before) ask();
      before = true;
    },
    heard: { alert: ask },
  });
}
