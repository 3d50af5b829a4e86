// The theme changes at once; the server keeps it for the next page.

const THEMES = new Set(["system", "light", "dark"]);

/** Lets the theme buttons work without a new page. */
export function switchTheme(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !("themeForm" in form.dataset)) return;
    const chosen = event.submitter;
    if (!(chosen instanceof HTMLButtonElement) || !THEMES.has(chosen.value)) return;
    event.preventDefault();
    document.documentElement.dataset.bsTheme = chosen.value;
    for (const button of form.querySelectorAll('[name="theme"]')) {
      button.setAttribute("aria-pressed", String(button === chosen));
    }
    const body = new URLSearchParams({ theme: chosen.value });
    void fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => undefined);
  });
}
