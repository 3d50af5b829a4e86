// What is written is kept as a draft while it is written.

/** How long nothing is typed before it is kept, in milliseconds. */
const QUIET = 2_000;

interface Draft {
  id: string;
}

function value(form: HTMLFormElement, name: string): string {
  const field = form.elements.namedItem(name);
  const typed = field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement;
  return typed ? field.value : "";
}

function say(form: HTMLFormElement, text: string | undefined): void {
  const kept = form.querySelector("[data-board-kept]");
  if (kept !== null) {
    kept.textContent = text ?? "";
  }
}

/** `ends` where the page may be gone before it is answered. */
async function keep(form: HTMLFormElement, ends: boolean): Promise<void> {
  const post = form.dataset.post;
  const body = {
    post_id: post === undefined ? null : Number(post),
    category_id: value(form, "category_id"),
    title: value(form, "title"),
    content: value(form, "content"),
    // Of an edit: what it began from. Of a new post: under what it is sent, so that nothing is kept of it afterwards.
    rev: Number(value(form, "rev")) || null,
    request_id: value(form, "request_id") || null,
  };
  const answer = await fetch("/api/v1/me/draft", {
    method: "PUT",
    keepalive: ends,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) {
    say(form, form.dataset.unkept);
    return;
  }
  const draft = (await answer.json()) as Draft;
  const id = form.elements.namedItem("draft_id");
  if (id instanceof HTMLInputElement) {
    id.value = draft.id;
  }
  say(form, form.dataset.kept);
}

/** Keeps what is written in the form of a post, a moment after it was typed. */
export function keepDrafts(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-board-draft]");
  if (form === null) {
    return;
  }
  let waiting: number | undefined;
  let unkept = false;
  // Once the form is sent, what stands in it is no draft any more until somebody types in it again.
  let sent = false;
  const now = (ends: boolean): void => {
    window.clearTimeout(waiting);
    if (!unkept) {
      return;
    }
    unkept = false;
    keep(form, ends).catch(() => {
      // Without a connection the text stays in the form; the next keeping may reach the server again.
      // One that leaving the page has cut off was sent with the form.
      if (sent) return;
      unkept = true;
      say(form, form.dataset.unkept);
    });
  };
  const rest = (): void => {
    unkept = false;
    window.clearTimeout(waiting);
  };
  form.addEventListener("submit", () => {
    sent = true;
    rest();
  });
  form.addEventListener("input", () => {
    sent = false;
    unkept = true;
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => { now(false); }, QUIET);
  });
  // Whoever leaves before that finds it again all the same.
  window.addEventListener("pagehide", () => { now(true); });
  // Back from another page, the browser shows this one as it was: what was sent from it may be published by now, and
  // is not to be kept over what was written since.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && sent) {
      rest();
      say(form, undefined);
    }
  });
}
