// When a session's idle time ends, and what the page does about it. No page in here: only times.

/** How long before the end the person is warned. */
export const WARNING_MS = 60_000;

/** What to do now. */
export type IdleStep =
  | { kind: "wait"; ms: number }
  | { kind: "warn"; secondsLeft: number }
  | { kind: "over" };

/** What to do at `now` for a session that ends idle at `end` (both Unix milliseconds). */
export function idleStep(end: number, now: number): IdleStep {
  const left = end - now;
  if (left <= 0) return { kind: "over" };
  if (left <= WARNING_MS) return { kind: "warn", secondsLeft: Math.ceil(left / 1_000) };
  return { kind: "wait", ms: left - WARNING_MS };
}
