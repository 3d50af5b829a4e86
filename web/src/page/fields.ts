// Small helps while typing; every form is whole without them.

/** `01012345678` as `010-1234-5678`, as far as it is typed. */
export function dashedPhone(typed: string): string {
  if (!typed.startsWith("0")) return typed;
  const digits = typed.replace(/\D/g, "").slice(0, 11);
  const parts = [digits.slice(0, 3), digits.slice(3, 7), digits.slice(7)];
  return parts.filter((part) => part !== "").join("-");
}

/** Puts dashes into phone numbers, while the cursor stands at the end. */
export function formatPhones(): void {
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement) || field.dataset.format !== "phone") return;
    const adding = event instanceof InputEvent && event.inputType.startsWith("insert");
    if (adding && field.selectionStart === field.value.length) field.value = dashedPhone(field.value);
  });
}

/** Buttons that show a password. */
export function revealPasswords(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-reveal]")) {
    const field = document.getElementById(button.dataset.reveal ?? "");
    if (!(field instanceof HTMLInputElement)) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      const shown = field.type === "text";
      field.type = shown ? "password" : "text";
      button.setAttribute("aria-pressed", String(!shown));
    });
    field.form?.addEventListener("submit", () => { field.type = "password"; });
  }
}
