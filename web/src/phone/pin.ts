// The digits of a PIN while it is typed. Kept as numbers in one place that is overwritten after use.

/** How many digits a PIN has. */
export const PIN_LENGTH = 6;

/** A PIN being typed. */
export class PinBuffer {
  readonly #digits = new Uint8Array(PIN_LENGTH);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get complete(): boolean {
    return this.#length === PIN_LENGTH;
  }

  /** Adds a digit; anything else, or a seventh, is ignored. */
  type(key: string): boolean {
    if (!/^[0-9]$/.test(key) || this.complete) return false;
    this.#digits[this.#length] = Number(key);
    this.#length += 1;
    return true;
  }

  /** Takes the last digit back. */
  back(): void {
    if (this.#length === 0) return;
    this.#length -= 1;
    this.#digits[this.#length] = 0;
  }

  /** Forgets all digits. */
  wipe(): void {
    this.#digits.fill(0);
    this.#length = 0;
  }

  /** The PIN for one call; the buffer is empty afterwards. */
  take(): string {
    const pin = Array.from(this.#digits.subarray(0, this.#length)).join("");
    this.wipe();
    return pin;
  }
}
