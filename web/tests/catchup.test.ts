import assert from "node:assert/strict";
import { test } from "node:test";
import { CatchUp } from "../src/live/catchup.ts";
import type { NotificationEvent } from "../src/live/events.ts";

function note(seq: number): NotificationEvent {
  return { id: `n${seq}`, seq, type: "comment", timestamp: "2026-11-21T14:30:00+09:00" };
}

function started(seq: number): CatchUp {
  const catchUp = new CatchUp();
  catchUp.ready(seq);
  return catchUp;
}

const numbers = (events: NotificationEvent[]): number[] => events.map((event) => event.seq);

test("before the first ready nothing is asked for", () => {
  const catchUp = new CatchUp();
  assert.equal(catchUp.last, undefined);
  assert.deepEqual(catchUp.event(note(7)), { fresh: [note(7)], ask: false, reset: false });
  catchUp.ready(6);
  assert.equal(catchUp.last, 7);
});

test("events in order move the mark", () => {
  const catchUp = started(5);
  assert.deepEqual(catchUp.event(note(6)), { fresh: [note(6)], ask: false, reset: false });
  assert.equal(catchUp.last, 6);
});

test("a hole keeps the event and asks once", () => {
  const catchUp = started(5);
  assert.deepEqual(catchUp.event(note(8)), { fresh: [note(8)], ask: true, reset: false });
  assert.equal(catchUp.event(note(10)).ask, false);
  assert.equal(catchUp.last, 5);
});

test("the answer fills the hole without repeating what was heard", () => {
  const catchUp = started(5);
  catchUp.event(note(8));
  const step = catchUp.batch({ items: [note(8), note(6)], upto: 8, more: false });
  assert.deepEqual(numbers(step.fresh), [6]);
  assert.equal(step.ask, false);
  assert.equal(catchUp.last, 8);
});

test("an answer that is older than what came live asks again, and the mark never goes back", () => {
  const catchUp = started(5);
  catchUp.event(note(9));
  const step = catchUp.batch({ items: [note(6)], upto: 6, more: false });
  assert.equal(step.ask, true);
  assert.equal(catchUp.last, 6);
  catchUp.batch({ items: [], upto: 9, more: false });
  assert.equal(catchUp.batch({ items: [], upto: 7, more: false }).ask, false);
  assert.equal(catchUp.last, 9);
});

test("more to read asks again from there", () => {
  const catchUp = started(0);
  const step = catchUp.batch({ items: [note(1), note(2)], upto: 2, more: true });
  assert.deepEqual(numbers(step.fresh), [1, 2]);
  assert.equal(step.ask, true);
  assert.equal(catchUp.last, 2);
});

test("a repeated event is not told twice", () => {
  const catchUp = started(5);
  catchUp.event(note(6));
  assert.deepEqual(catchUp.event(note(6)).fresh, []);
});

test("a reset forgets the mark until the list has been read again", () => {
  const catchUp = started(50);
  assert.deepEqual(catchUp.batch({ reset: true, unread: 3 }), { fresh: [], ask: false, reset: true });
  assert.equal(catchUp.last, undefined);
  catchUp.reloaded(9);
  assert.equal(catchUp.last, 9);
});

test("a ready after a reconnection leaves the mark to the catch-up", () => {
  const catchUp = started(5);
  catchUp.opened();
  catchUp.ready(9);
  assert.equal(catchUp.last, 5);
});

test("a question that a lost connection swallowed is asked again", () => {
  const catchUp = started(5);
  assert.equal(catchUp.event(note(8)).ask, true);
  catchUp.opened();
  assert.equal(catchUp.event(note(10)).ask, true);
});

test("a greeting of a new connection asks for nothing: what was missed comes by itself", () => {
  const catchUp = started(5);
  catchUp.opened();
  assert.equal(catchUp.ready(9), false);
});

test("a later greeting of the same connection asks for what a gap has swallowed", () => {
  const catchUp = started(5);
  assert.equal(catchUp.ready(5), false);
  assert.equal(catchUp.ready(9), true);
  assert.equal(catchUp.ready(9), false, "once");
  const step = catchUp.batch({ items: [note(8), note(9)], upto: 9, more: false });
  assert.deepEqual(numbers(step.fresh), [8, 9]);
  assert.equal(catchUp.ready(9), false);
});

test("a page goes on where the one before it in the same tab stopped", () => {
  const catchUp = new CatchUp(4);
  assert.equal(catchUp.last, 4);
  catchUp.opened();
  assert.equal(catchUp.ready(6), false);
  const step = catchUp.batch({ items: [note(5), note(6)], upto: 6, more: false });
  assert.deepEqual(numbers(step.fresh), [5, 6]);
  assert.deepEqual(catchUp.event(note(6)).fresh, []);
});

test("after a reset the mark is where an answer without a number says", () => {
  const catchUp = started(50);
  catchUp.batch({ reset: true, unread: 3 });
  assert.deepEqual(catchUp.batch({ items: [], upto: 9, more: false }), { fresh: [], ask: false, reset: false });
  assert.equal(catchUp.last, 9);
  assert.equal(catchUp.event(note(10)).ask, false);
});
