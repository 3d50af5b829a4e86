// Times that count down: `<time data-countdown="2026-11-21T05:30:00Z">`.

import { minutesLeft } from "../phone/requests.ts";

function draw(now: number): void {
  for (const time of document.querySelectorAll<HTMLElement>("[data-countdown]")) {
    const until = Date.parse(time.dataset.countdown ?? "");
    if (Number.isNaN(until)) continue;
    const ended = time.dataset.countdownEnded;
    time.textContent = until <= now && ended !== undefined ? ended : minutesLeft(until, now);
  }
}

/** Counts the page's times down, those that come later too. */
export function countDown(): void {
  draw(Date.now());
  setInterval(() => { draw(Date.now()); }, 1_000);
}
