// Times that count down: `<time data-countdown="2026-11-21T05:30:00Z">`.

import { minutesLeft } from "../phone/requests.ts";

function draw(times: Iterable<HTMLElement>, now: number): void {
  for (const time of times) {
    const until = Date.parse(time.dataset.countdown ?? "");
    if (Number.isNaN(until)) continue;
    const ended = time.dataset.countdownEnded;
    time.textContent = until <= now && ended !== undefined ? ended : minutesLeft(until, now);
  }
}

/** Counts the page's times down. */
export function countDown(): void {
  const times = document.querySelectorAll<HTMLElement>("[data-countdown]");
  draw(times, Date.now());
  setInterval(() => { draw(times, Date.now()); }, 1_000);
}
