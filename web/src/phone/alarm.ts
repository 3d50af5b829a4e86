// A request rings: a short tone and a vibration where the browser allows them, with a switch.

const KEPT = "hanok-phone-sound";
const TONES_HZ = [660, 880];
const TONE_S = 0.16;
const VIBRATION_MS = [200, 100, 200];

/** Sound and vibration. */
export class Alarm {
  #on: boolean;
  #audio: AudioContext | undefined;

  constructor() {
    this.#on = kept() !== "off";
    // Browsers let a page sound only after its person has touched it.
    addEventListener("pointerdown", this.#unlock, { once: true });
    addEventListener("keydown", this.#unlock, { once: true });
  }

  get on(): boolean {
    return this.#on;
  }

  /** Turns it on or off, and remembers that. */
  turn(on: boolean): void {
    this.#on = on;
    try {
      localStorage.setItem(KEPT, on ? "on" : "off");
    } catch {
      // A browser that keeps nothing starts with sound next time.
    }
    if (on) this.#unlock();
  }

  /** Rings once. */
  ring(): void {
    if (!this.#on) return;
    if (navigator.userActivation.hasBeenActive && "vibrate" in navigator) navigator.vibrate(VIBRATION_MS);
    const audio = this.#audio;
    if (audio?.state !== "running") return;
    TONES_HZ.forEach((pitch, place) => {
      tone(audio, pitch, audio.currentTime + place * TONE_S);
    });
  }

  readonly #unlock = (): void => {
    if (!this.#on || !("AudioContext" in globalThis)) return;
    this.#audio ??= new AudioContext();
    void this.#audio.resume();
  };
}

function kept(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

function tone(audio: AudioContext, pitch: number, at: number): void {
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  oscillator.frequency.value = pitch;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(0.2, at + 0.02);
  gain.gain.linearRampToValueAtTime(0, at + TONE_S);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(at);
  oscillator.stop(at + TONE_S);
}
