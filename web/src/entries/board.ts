// The pages of the board: drafts are kept and shown as they will look, links are copied.

import { keepDrafts } from "../board/draft.ts";
import { copyLinks } from "../board/link.ts";
import { completeMentions } from "../board/mention.ts";
import { showPreview } from "../board/preview.ts";

keepDrafts();
copyLinks();
completeMentions();
showPreview();
// Pages without comments do without the connection.
if (document.querySelector("[data-comments]") !== null) {
  void import("../board/comments.ts").then(({ followComments }) => {
    followComments();
  });
}
