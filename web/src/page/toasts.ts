// Short messages at the foot of the page.

const SHOWN_MS = 6_000;

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
