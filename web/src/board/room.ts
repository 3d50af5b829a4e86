// The room of a post: hears that its comments have changed. It says numbers alone; what is new is asked for.

import type { CommentEvent } from "../live/events.ts";
import * as page from "../live/page.ts";

/** What is told of the room. */
export interface RoomListener {
  /** The connection is there, the first time and every time again: something may have been missed. */
  ready: () => void;
  /** The connection is gone; it comes back by itself. */
  lost: () => void;
  changed: (changed: CommentEvent) => void;
}

/** Listens in the room of a post, which the page names, as long as it is open. */
export function listen(post: string, listener: RoomListener): void {
  page.listen({
    ready: listener.ready,
    lost: listener.lost,
    heard: {
      comment: (changed) => {
        if (String(changed.post_id) === post) listener.changed(changed);
      },
    },
  });
}
