// How long a request still counts: a ring that shrinks, with the time in it.

import { drawing, element } from "./dom.ts";
import { minutesLeft, partLeft, type Waiting } from "./requests.ts";

const RADIUS = 44;
const ROUND = 2 * Math.PI * RADIUS;
const LOW_MS = 30_000;

/** A ring for one request. */
export class Ring {
  readonly node: HTMLElement;
  readonly #line: SVGElement;
  readonly #time: HTMLElement;
  readonly #request: Pick<Waiting, "from" | "until">;

  constructor(request: Pick<Waiting, "from" | "until">, label: string) {
    this.#request = request;
    const circle = { cx: 50, cy: 50, r: RADIUS };
    this.#line = drawing("circle", { ...circle, class: "ring-left", "stroke-dasharray": ROUND });
    const track = drawing("circle", { ...circle, class: "ring-track" });
    const svg = drawing("svg", { viewBox: "0 0 100 100", "aria-hidden": "true" }, track, this.#line);
    this.#time = element("span", { class: "ring-time" });
    this.node = element("div", { class: "ring", role: "timer", "aria-label": label }, svg, this.#time);
  }

  /** Draws what is left at this time. */
  draw(now: number): void {
    const part = partLeft(this.#request, now);
    this.#line.setAttribute("stroke-dashoffset", String(ROUND * (1 - part)));
    this.#time.textContent = minutesLeft(this.#request.until, now);
    this.node.dataset.low = String(this.#request.until - now <= LOW_MS);
  }
}
