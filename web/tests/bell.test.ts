import assert from "node:assert/strict";
import { test } from "node:test";
import type { NotificationEvent } from "../src/live/events.ts";
import { Unread } from "../src/live/unread.ts";
import { asBadge, filled, wordOf } from "../src/page/notified.ts";

test("the newest count stays, whatever order the words come in", () => {
  const unread = new Unread();
  assert.equal(unread.count, undefined);
  assert.equal(unread.hear({ unread: 0, seq: 0 }), true);
  assert.equal(unread.hear({ unread: 3, seq: 7 }), true);
  assert.equal(unread.hear({ unread: 2, seq: 6 }), false, "it was taken before");
  assert.equal(unread.count, 3);
  assert.equal(unread.hear({ unread: 1, seq: 7 }), true, "two were read, which takes no number");
  assert.equal(unread.hear({ unread: 1, seq: 8 }), false, "one came and one was read");
  assert.equal(unread.count, 1);
});

test("after a reset any counter counts", () => {
  const unread = new Unread();
  unread.hear({ unread: 3, seq: 70 });
  assert.equal(unread.reset(5), true);
  assert.equal(unread.hear({ unread: 4, seq: 2 }), true);
  assert.equal(unread.count, 4);
});

test("a count fits beside the bell", () => {
  assert.deepEqual([1, 99, 100].map(asBadge), ["1", "99", "99+"]);
});

const WORDS: Record<string, string> = {
  "data-told-comment": "{who} 님이 댓글을 남겼습니다.",
  "data-told-comment-many": "{who} 님 외 {others}명이 댓글을 남겼습니다.",
  "data-told-must-read": "꼭 읽어야 할 글이 있습니다.",
  "data-told-other": "새 알림이 있습니다.",
  "data-told-gone": "탈퇴한 사람",
};

function word(told: Partial<NotificationEvent>): string {
  const one = { id: "n", seq: 1, type: "comment", timestamp: "2026-11-21T14:30:00+09:00", ...told };
  return wordOf(one, (name) => WORDS[name] ?? "");
}

test("a notification says who did what", () => {
  assert.equal(word({ commenter: "홍길동" }), "홍길동 님이 댓글을 남겼습니다.");
  assert.equal(word({ commenter: "홍길동", others: 3 }), "홍길동 님 외 3명이 댓글을 남겼습니다.");
  assert.equal(word({}), "탈퇴한 사람 님이 댓글을 남겼습니다.");
  assert.equal(word({ type: "must_read", others: 2 }), "꼭 읽어야 할 글이 있습니다.");
  assert.equal(word({ type: "of_tomorrow" }), "새 알림이 있습니다.");
});

test("a name that looks like a place stays a name", () => {
  assert.equal(filled("{who}: {others}, {none}", { who: "{others}", others: 2 }), "{others}: 2, {none}");
  assert.equal(word({ commenter: "$& {others}" }), "$& {others} 님이 댓글을 남겼습니다.");
});
