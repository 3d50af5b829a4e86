// Asks where the sign-in stands until the phone has answered.

const EVERY_MS = 2_000;

interface StatusAnswer {
  state: "waiting" | "approved" | "denied" | "not_confirmed" | "expired" | null;
}

/** Watches; calls `approved` once, and loads the page again where it ended otherwise. */
export function watch(place: HTMLElement, end: number, approved: () => void): void {
  const note = place.querySelector<HTMLElement>("[data-sign-in-note]");
  let over = false;
  let asking = false;

  const say = (online: boolean): void => {
    const text = online ? place.dataset.textWaiting : place.dataset.textOffline;
    // Said once: a screen reader reads every change.
    if (note !== null && note.textContent !== text) note.textContent = text ?? "";
  };

  const ask = async (): Promise<void> => {
    if (over || asking) return;
    asking = true;
    try {
      const answer = await fetch("/login/phone/status", { headers: { "X-Hanok-Background": "1" }, cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      const { state } = (await answer.json()) as StatusAnswer;
      say(true);
      if (state === "waiting" && Date.now() < end + EVERY_MS) return;
      over = true;
      if (state === "approved") approved();
      else location.reload();
    } catch {
      say(false);
    } finally {
      asking = false;
    }
  };

  const timer = setInterval(() => {
    if (over) clearInterval(timer);
    else void ask();
  }, EVERY_MS);
  // The phone may be this very device: its browser stops the timer while the phone page is in front.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) void ask();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}
