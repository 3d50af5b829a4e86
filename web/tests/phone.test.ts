import assert from "node:assert/strict";
import { test } from "node:test";
import type { AuthRequestEvent } from "../src/live/events.ts";
import { dashedPhone } from "../src/page/fields.ts";
import { idleStep } from "../src/page/idle.ts";
import { refusal } from "../src/phone/api.ts";
import { ServerClock } from "../src/phone/clock.ts";
import { PinBuffer } from "../src/phone/pin.ts";
import { minutesLeft, partLeft, Queue, toldOtherwise } from "../src/phone/requests.ts";
import { errorKey, filled, speaker } from "../src/phone/texts.ts";

const NOW = Date.parse("2026-11-21T05:30:00Z");

function pending(id: string, secondsLeft: number): Parameters<Queue["replace"]>[0][number] {
  return {
    transaction_id: id,
    provider_name: "A 쇼핑몰",
    choices: ["12", "47", "83"],
    binding_message: null,
    created_at: new Date(NOW).toISOString(),
    expires_at: new Date(NOW + secondsLeft * 1_000).toISOString(),
  };
}

function asked(id: string, secondsLeft: number): AuthRequestEvent {
  const { transaction_id, provider_name, choices, binding_message, expires_at } = pending(id, secondsLeft);
  return { transaction_id, provider_name, choices, binding_message, expires_at };
}

test("the ring is full at the start, half in the middle and empty after the end", () => {
  const request = { from: NOW, until: NOW + 180_000 };
  assert.equal(partLeft(request, NOW - 5_000), 1);
  assert.equal(partLeft(request, NOW + 90_000), 0.5);
  assert.equal(partLeft(request, NOW + 200_000), 0);
  assert.equal(partLeft({ from: NOW, until: NOW }, NOW), 0);
});

test("what is left is told in minutes and seconds, rounded up, never negative", () => {
  assert.equal(minutesLeft(NOW + 180_000, NOW), "3:00");
  assert.equal(minutesLeft(NOW + 60_001, NOW), "1:01");
  assert.equal(minutesLeft(NOW, NOW + 9_000), "0:00");
});

test("the request that ends first is shown first", () => {
  const queue = new Queue();
  const fresh = queue.replace([pending("late", 170), pending("soon", 20)], NOW);
  assert.deepEqual(fresh.map((item) => item.id), ["soon", "late"]);
  assert.deepEqual(queue.replace([pending("late", 170), pending("new", 30)], NOW).map((item) => item.id), ["new"]);
});

test("a request is held once, whether it came live or by the list", () => {
  const queue = new Queue();
  const live: AuthRequestEvent = asked("t1", 60);
  assert.equal(queue.add(live, NOW)?.id, "t1");
  assert.equal(queue.add(live, NOW), undefined);
  assert.deepEqual(queue.replace([pending("t1", 60)], NOW), []);
  assert.equal(queue.items.length, 1);
});

test("what the list tells otherwise than the event did takes its place, and what it tells alike does not", () => {
  const rows: [Partial<ReturnType<typeof pending>>, boolean][] = [
    [{}, false],
    [{ created_at: new Date(NOW - 1_000).toISOString() }, false],
    [{ provider_name: "B 은행" }, true],
    [{ choices: ["12", "47", "84"] }, true],
    [{ binding_message: "주문 12345" }, true],
    [{ sign_in: true }, true],
  ];
  for (const [row, otherwise] of rows) {
    const queue = new Queue();
    const shown = queue.add(asked("t1", 60), NOW);
    assert.deepEqual(queue.replace([{ ...pending("t1", 60), ...row }], NOW), []);
    const held = queue.find("t1");
    assert.ok(shown !== undefined && held !== undefined);
    assert.equal(toldOtherwise(shown, held), otherwise, JSON.stringify(row));
  }
});

test("what the socket says shows that a list asked for before is out of date", () => {
  const queue = new Queue();
  const before = queue.changes;
  queue.replace([pending("t1", 60)], NOW);
  queue.expire(NOW);
  assert.equal(queue.changes, before);
  queue.add(asked("t2", 60), NOW);
  assert.equal(queue.changes, before + 1);
  queue.add(asked("t2", 60), NOW);
  assert.equal(queue.changes, before + 1);
  queue.remove("not here yet");
  assert.equal(queue.changes, before + 2);
});

test("an expired request is neither taken nor kept", () => {
  const queue = new Queue();
  assert.equal(queue.add(asked("old", 0), NOW), undefined);
  queue.replace([pending("t1", 10), pending("t2", 60)], NOW);
  assert.deepEqual(queue.expire(NOW + 10_000).map((item) => item.id), ["t1"]);
  assert.deepEqual(queue.items.map((item) => item.id), ["t2"]);
});

test("a PIN takes six digits and nothing else, and is gone after use", () => {
  const pin = new PinBuffer();
  for (const key of ["1", "a", "2", "３", "3", "12", "4", "5", "6", "7"]) pin.type(key);
  assert.ok(pin.complete);
  pin.back();
  assert.ok(pin.type("9"));
  assert.equal(pin.take(), "123459");
  assert.equal(pin.length, 0);
  assert.equal(pin.take(), "");
});

test("a clock that is wrong follows the server, one that is right stays", () => {
  let local = NOW;
  const clock = new ServerClock(() => local);
  assert.equal(clock.heard(new Date(NOW - 500).toUTCString(), NOW), false);
  assert.equal(clock.now(), NOW);
  assert.equal(clock.heard(new Date(NOW + 600_000).toUTCString(), NOW), true);
  assert.equal(clock.now(), NOW + 600_500);
  local += 1_000;
  assert.equal(clock.now(), NOW + 601_500);
  assert.equal(clock.heard(null, NOW), false);
  assert.equal(clock.heard("nonsense", NOW), false);
});

test("a refusal carries its code and the server's word", () => {
  const told = refusal(400, { code: "invalid_request", errors: [{ pointer: "/name", detail: "너무 깁니다." }] });
  assert.deepEqual([told.code, told.detail], ["invalid_request", "너무 깁니다."]);
  assert.equal(refusal(502, undefined).code, "unavailable");
  assert.equal(refusal(404, {}).code, "unknown");
});

test("every refusal has a text", () => {
  assert.equal(errorKey("binding_mismatch"), "error_binding_mismatch");
  assert.equal(errorKey("something_new"), "error_unknown");
});

test("values go into a text once, as they are", () => {
  assert.equal(filled("{provider}의 요청 {count}건", { provider: "{count}", count: 2 }), "{count}의 요청 2건");
  assert.equal(speaker('{"ok":"확인"}')("ok"), "확인");
});

test("the session warns in its last minute and ends at its end", () => {
  assert.deepEqual(idleStep(NOW + 1_800_000, NOW), { kind: "wait", ms: 1_740_000 });
  assert.deepEqual(idleStep(NOW + 59_001, NOW), { kind: "warn", secondsLeft: 60 });
  assert.deepEqual(idleStep(NOW, NOW), { kind: "over" });
});

test("phone numbers get their dashes as they are typed", () => {
  assert.equal(dashedPhone("0101234"), "010-1234");
  assert.equal(dashedPhone("01012345678"), "010-1234-5678");
  assert.equal(dashedPhone("+821012345678"), "+821012345678");
});
