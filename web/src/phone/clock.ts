// The server's time, as its answers tell it: a phone whose clock is wrong can still sign and count down.

/** Differences below this are the network's, not the clock's. */
const TOLERATED_MS = 2_000;

/** A clock that follows the server's. */
export class ServerClock {
  #offset = 0;
  readonly #local: () => number;

  constructor(local: () => number = Date.now) {
    this.#local = local;
  }

  /** Now, Unix milliseconds, by the server's clock. */
  now(): number {
    return this.#local() + this.#offset;
  }

  /** Takes the `Date` header of an answer to a call sent at `sent` (local). True when the clock moved. */
  heard(date: string | null, sent: number): boolean {
    const told = date === null ? Number.NaN : Date.parse(date);
    if (Number.isNaN(told)) return false;
    // The header drops the fraction of its second.
    const offset = told + 500 - (sent + this.#local()) / 2;
    const right = Math.abs(offset) < TOLERATED_MS ? 0 : offset;
    const moved = Math.abs(right - this.#offset) >= TOLERATED_MS;
    if (moved) this.#offset = right;
    return moved;
  }
}
