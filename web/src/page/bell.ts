// The bell of the top bar: how many notifications are unread, and what is new, told at the foot of the page. The page
// brings the words: `data-text-…`, and `data-told-…` for every type.

import type { NotificationEvent } from "../live/events.ts";
import { listen } from "../live/page.ts";
import { asBadge, filled, wordOf } from "./notified.ts";
import { tell, untell } from "./toasts.ts";

/** More at once are told in one line. */
const MOST = 3;

/** Keeps the bell of this page. */
export function ring(bell: HTMLElement): void {
  // A page that lists them shows what is new there.
  const lists = document.querySelector('[data-refresh-told="notifications"]') !== null;
  listen({
    unread: (count) => { show(bell, count); },
    notifications: (fresh) => {
      if (!lists) announce(bell, fresh);
    },
  });
}

function show(bell: HTMLElement, count: number): void {
  const badge = bell.querySelector<HTMLElement>("[data-bell-count]");
  if (badge !== null) {
    badge.hidden = count === 0;
    badge.textContent = asBadge(count);
  }
  const { text = "", textUnread = "" } = bell.dataset;
  bell.setAttribute("aria-label", count === 0 ? text : filled(textUnread, { count }));
}

function announce(bell: HTMLElement, fresh: NotificationEvent[]): void {
  for (const { id } of fresh) untell(id);
  const news = fresh.filter((one) => one.withdrawn !== true && one.read !== true && one.quiet !== true);
  if (news.length > MOST) {
    tell("", [link("/notifications", filled(bell.dataset.textNew ?? "", { count: news.length }))]);
    return;
  }
  for (const one of news) tell(one.id, [opener(bell, one)]);
}

/** Opens what it is about, and notes that it was read, as the list does. */
function opener(bell: HTMLElement, one: NotificationEvent): HTMLElement {
  const form = document.createElement("form");
  form.method = "post";
  form.action = `/notifications/${encodeURIComponent(one.id)}/read`;
  const button = document.createElement("button");
  button.className = "toast-open";
  const said = document.createElement("span");
  said.textContent = wordOf(one, (name) => bell.getAttribute(name) ?? "");
  const title = document.createElement("strong");
  title.textContent = one.title ?? one.post_title ?? "";
  button.append(said, title);
  form.append(button);
  return form;
}

function link(href: string, text: string): HTMLElement {
  const anchor = document.createElement("a");
  anchor.className = "toast-open";
  anchor.href = href;
  anchor.textContent = text;
  return anchor;
}
