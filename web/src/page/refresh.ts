// What changes by itself is read again now and then: the same address, and of the answer the part of the same id. It
// says when it cannot, and goes on by itself. Without script the page is read again by hand. Where the server says by
// itself that something is new (`data-refresh-told`), it is read at once; of notifications
// (`data-refresh-told="notifications"`) the page knows all up to a number (`data-refresh-seq`).

const SHORTEST_SECONDS = 1;

/** Keeps a part of the page (`id`, `data-refresh` in seconds) as the server has it. */
export function keepFresh(place: HTMLElement): void {
  const seconds = Math.max(SHORTEST_SECONDS, Number(place.dataset.refresh) || SHORTEST_SECONDS);
  const state = document.querySelector<HTMLElement>(`[data-refresh-state="${CSS.escape(place.id)}"]`);
  let asking = false;
  let again = false;

  const say = (online: boolean): void => {
    if (state === null) return;
    state.hidden = false;
    state.dataset.live = online ? "online" : "offline";
    const word = state.querySelector<HTMLElement>("[data-refresh-word]");
    const text = online ? state.dataset.textOnline : state.dataset.textOffline;
    // Said once: a screen reader reads every change.
    if (word !== null && word.textContent !== text) word.textContent = text ?? "";
  };

  const ask = async (): Promise<void> => {
    if (document.hidden) return;
    // What is told while it is read may not be in it any more.
    again = asking;
    if (asking) return;
    asking = true;
    try {
      const answer = await fetch(location.href, { headers: { "X-Hanok-Background": "1" }, cache: "no-store" });
      // Signed out, or what was shown is over: the page itself says so.
      if (answer.redirected) {
        location.reload();
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = page.getElementById(place.id);
      if (next === null) {
        location.reload();
        return;
      }
      replace(place, next);
      say(true);
    } catch {
      say(false);
    } finally {
      asking = false;
    }
    if (again) void ask();
  };

  say(navigator.onLine);
  setInterval(() => { void ask(); }, seconds * 1_000);
  document.addEventListener("visibilitychange", () => { void ask(); });
  addEventListener("online", () => { void ask(); });
  addEventListener("offline", () => { say(false); });
  if ("refreshTold" in place.dataset) {
    void import("./told.ts").then(({ whenTold, whenNotified }) => {
      const read = (): void => { void ask(); };
      if (place.dataset.refreshTold === "notifications") whenNotified(Number(place.dataset.refreshSeq), read);
      else whenTold(read);
    });
  }
}

/** Where a link leads, or what the form of a button does. */
function leads(element: Element | null): string | null {
  if (element instanceof HTMLAnchorElement) return element.getAttribute("href");
  return element instanceof HTMLButtonElement ? (element.form?.getAttribute("action") ?? null) : null;
}

/** Shows what is new, and leaves the focus on the link or button that had it. */
function replace(place: HTMLElement, next: HTMLElement): void {
  if (place.isEqualNode(next)) return;
  const active = document.activeElement;
  const led = place.contains(active) ? leads(active) : null;
  place.replaceChildren(...next.childNodes);
  if (led === null) return;
  for (const one of place.querySelectorAll<HTMLElement>("a, button")) {
    if (leads(one) === led) {
      one.focus();
      return;
    }
  }
}
