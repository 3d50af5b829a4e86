// The link of a post is copied; without a script it is followed.

/** How long it is said that a link was copied, in milliseconds. */
const SHOWN = 6_000;

function say(text: string): void {
  const note = document.createElement("p");
  note.className = "toast-note";
  note.textContent = text;
  document.getElementById("toasts")?.append(note);
  window.setTimeout(() => {
    note.remove();
  }, SHOWN);
}

/** Makes links of posts into buttons that copy them. */
export function copyLinks(): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-copy-link]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      navigator.clipboard.writeText(link.href).then(
        () => {
          say(link.dataset.copied ?? "");
        },
        () => {
          window.location.assign(link.href);
        },
      );
    });
  }
}
