// The interface's reference: a filter over its calls and schemas, and what a link leads to opens.

import "../styles/reference.css";

const form = document.querySelector<HTMLFormElement>("[data-filter]");
const input = form?.querySelector<HTMLInputElement>("input");
const none = form?.querySelector<HTMLElement>("[data-filter-none]");
const entries = [...document.querySelectorAll<HTMLDetailsElement>(".api-call")].map((element) => ({
  element,
  words: `${element.querySelector("summary")?.textContent ?? ""} ${element.dataset.filterWords ?? ""}`.toLowerCase(),
}));

function filter(typed: string): void {
  const words = typed.toLowerCase().split(/\s+/).filter((word) => word !== "");
  let shown = 0;
  for (const { element, words: has } of entries) {
    const matches = words.every((word) => has.includes(word));
    element.hidden = !matches;
    if (matches) shown += 1;
  }
  for (const group of document.querySelectorAll<HTMLElement>("[data-filter-group]")) {
    group.hidden = group.querySelector(".api-call:not([hidden])") === null;
  }
  if (none instanceof HTMLElement) none.hidden = shown > 0;
}

function openTarget(): void {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target === null) return;
  if (target.closest("[hidden]") !== null && input instanceof HTMLInputElement) {
    input.value = "";
    filter("");
  }
  if (target instanceof HTMLDetailsElement) target.open = true;
  target.scrollIntoView();
}

if (form !== null && input instanceof HTMLInputElement) {
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
  });
  input.addEventListener("input", () => {
    filter(input.value);
  });
}
window.addEventListener("hashchange", openTarget);
if (location.hash !== "") openTarget();
