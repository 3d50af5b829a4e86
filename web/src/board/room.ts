// The room of a post: hears that its comments have changed. It says numbers alone; what is new is asked for.

import type { CommentEvent } from "../live/events.ts";
import { Live } from "../live/socket.ts";

/** What is told of the room. */
export interface RoomListener {
  /** The connection is there, the first time and every time again: something may have been missed. */
  ready: () => void;
  /** The connection is gone; it comes back by itself. */
  lost: () => void;
  changed: (changed: CommentEvent) => void;
}

/** Listens in the room of a post as long as the page is open. */
export function listen(post: string, listener: RoomListener): void {
  let before = false;
  new Live({
    // The cookie says who it is.
    auth: () => Promise.resolve({ rooms: [`post_${post}`] }),
    refused: (code) => Promise.resolve(code !== "unauthorized"),
    state: (state) => {
      if (before && state !== "online") listener.lost();
    },
    ready: () => {
      before = true;
      listener.ready();
    },
    heard: {
      comment: (changed) => {
        if (String(changed.post_id) === post) listener.changed(changed);
      },
    },
  });
}
