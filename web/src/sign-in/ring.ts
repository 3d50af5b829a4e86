// How long the request still counts: the phone's own ring, beside the number.

import { Ring } from "../phone/ring.ts";

const TICK_MS = 250;

/** Draws the ring of the place and keeps it moving. Gives when the request ends, by this browser's clock. */
export function until(place: HTMLElement): number {
  const now = Date.now();
  const end = now + Number(place.dataset.secondsLeft ?? "0") * 1_000;
  const from = end - Number(place.dataset.seconds ?? "180") * 1_000;
  const ring = new Ring({ from, until: end }, place.dataset.textTime ?? "");
  ring.draw(now);
  place.querySelector("[data-sign-in-ring]")?.replaceChildren(ring.node);
  setInterval(() => { ring.draw(Date.now()); }, TICK_MS);
  return end;
}
