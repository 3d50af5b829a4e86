// Elements without markup strings: names and messages of strangers go in as text.

import sprite from "virtual:icons";

const SVG = "http://www.w3.org/2000/svg";

/** Attributes of an element; `undefined` and `false` leave one out. */
export type Attributes = Record<string, string | number | boolean | undefined>;

function dress(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
}

/** An element with its attributes and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  dress(made, attributes);
  made.append(...children);
  return made;
}

/** The same for SVG. */
export function drawing(name: string, attributes: Attributes = {}, ...children: Node[]): SVGElement {
  const made = document.createElementNS(SVG, name);
  dress(made, attributes);
  made.append(...children);
  return made;
}

/** An icon of the sprite. */
export function icon(name: string): SVGElement {
  const use = drawing("use", { href: `${sprite}#${name}` });
  return drawing("svg", { class: "icon", "aria-hidden": "true", focusable: "false" }, use);
}

/** A button that does something. */
export function button(
  attributes: Attributes,
  act: () => void,
  ...children: (Node | string)[]
): HTMLButtonElement {
  const made = element("button", { type: "button", ...attributes }, ...children);
  made.addEventListener("click", act);
  return made;
}
