import assert from "node:assert/strict";
import { test } from "node:test";
import { seen } from "../src/demo/wire.ts";

test("what the phone tells is taken as it is", () => {
  const heard = { hanok: "seen", kind: "request", at: 1, answer: "auth_request" };
  assert.deepEqual(seen(heard), heard);
  const called = { ...heard, kind: "confirm", sent: "POST /" };
  assert.deepEqual(seen(called), called);
});

test("whatever else another window says is no message", () => {
  for (const data of [undefined, null, "seen", 7, {}, [], { hanok: "seen" }]) assert.equal(seen(data), undefined);
  const message = { hanok: "seen", kind: "request", at: 1, answer: "" };
  for (const wrong of [{ hanok: "other" }, { kind: "callback" }, { at: "1" }, { answer: { toString: 1 } }]) {
    assert.equal(seen({ ...message, ...wrong }), undefined);
  }
  assert.deepEqual(seen({ ...message, sent: 3, more: "<script>" }), message);
});
