// A notification in words; the page brings them, with places for what is filled in.

import type { NotificationEvent } from "../live/events.ts";

/** A text with its places filled: `{name}`. */
export function filled(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}

/** A count as it fits beside the bell. */
export function asBadge(count: number): string {
  return count > 99 ? "99+" : String(count);
}

/** Who did what, with the words of the attributes `data-told-…`. */
export function wordOf(one: NotificationEvent, attribute: (name: string) => string): string {
  const others = one.others ?? 0;
  const name = `data-told-${one.type.replaceAll("_", "-")}`;
  const many = others > 0 ? attribute(`${name}-many`) : "";
  const text = many === "" ? attribute(name) : many;
  const who = one.commenter ?? attribute("data-told-gone");
  return filled(text === "" ? attribute("data-told-other") : text, { who, others });
}
