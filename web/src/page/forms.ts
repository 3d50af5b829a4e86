// Forms: the first wrong field gets the focus, and nothing is sent twice.

/** Puts the focus where the person has to look first. */
export function focusFirstFault(): void {
  const field = document.querySelector<HTMLElement>('[aria-invalid="true"]:not([type="hidden"])');
  (field ?? document.querySelector<HTMLElement>(".error-summary"))?.focus();
}

/** Disables a form's buttons while it is being sent. */
export function guardForms(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== "post" || "noGuard" in form.dataset) return;
    if (event.defaultPrevented) return;
    if (form.getAttribute("aria-busy") === "true") {
      event.preventDefault();
      return;
    }
    form.setAttribute("aria-busy", "true");
    // A disabled button's name and value are not sent, so it is disabled after the form was read.
    setTimeout(() => { setBusy(form, true); });
  });
  // Back to this page from the browser's memory: it may be sent again.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.forms) {
      form.removeAttribute("aria-busy");
      setBusy(form, false);
    }
  });
}

function setBusy(form: HTMLFormElement, busy: boolean): void {
  for (const control of form.querySelectorAll<HTMLButtonElement>("button:not([type=button])")) {
    control.disabled = busy;
    control.classList.toggle("btn-loading", busy && control.classList.contains("btn"));
  }
}
