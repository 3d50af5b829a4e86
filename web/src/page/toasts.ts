// Short messages at the foot of the page.

const SHOWN_MS = 6_000;
/** What leads somewhere is shown for longer. */
const TOLD_MS = 10_000;
/** How often it is looked whether somebody has seen it, or still has it under their hand. */
const LOOK_MS = 1_000;

/** Shows one of the texts that the page brought for its toasts, for six seconds. */
export function toast(name: "offline" | "stayed"): void {
  const place = document.getElementById("toasts");
  const text = place?.dataset[name === "offline" ? "textOffline" : "textStayed"];
  if (place === null || text === undefined) return;
  const note = document.createElement("p");
  note.className = "toast-note";
  note.textContent = text;
  place.append(note);
  setTimeout(() => { note.remove(); }, SHOWN_MS);
}

/** Tells something that leads somewhere, until it has been on a page that is looked at for ten seconds. */
export function tell(id: string, nodes: HTMLElement[]): void {
  const note = document.createElement("div");
  note.className = "toast-told";
  note.dataset.toast = id;
  note.append(...nodes);
  document.getElementById("toasts")?.append(note);
  let left = TOLD_MS;
  const timer = setInterval(() => {
    if (!document.hidden && !note.matches(":hover, :focus-within")) left -= LOOK_MS;
    if (left > 0) return;
    clearInterval(timer);
    note.remove();
  }, LOOK_MS);
}

/** Takes back what was told under this id. */
export function untell(id: string): void {
  for (const note of document.querySelectorAll(`[data-toast="${CSS.escape(id)}"]`)) note.remove();
}
