// The page with a pairing code goes on by itself once a phone has shown the code.

const EVERY = 3_000;

/** The id of the phone that was paired last. */
async function newest(): Promise<string> {
  const headers = { accept: "application/json", "x-hanok-background": "1" };
  const answer = await fetch("/api/v1/me/devices", { headers, cache: "no-store" });
  if (!answer.ok) throw new Error(String(answer.status));
  const { devices } = (await answer.json()) as { devices: { id: string }[] };
  return devices[0]?.id ?? "";
}

/** Watches until the code's time is over; what cannot be asked is asked again. */
export function awaitPhone(mark: HTMLElement): void {
  const until = Date.parse(mark.dataset.until ?? "");
  mark.hidden = false;
  const timer = setInterval(() => {
    if (!(Date.now() < until)) {
      clearInterval(timer);
      mark.hidden = true;
      return;
    }
    newest().then((id) => {
      if (id === "" || id === mark.dataset.newest) return;
      clearInterval(timer);
      location.assign(mark.dataset.next ?? "/");
    }, () => undefined);
  }, EVERY);
}
