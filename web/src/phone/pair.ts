// Pairing: a code from the person's devices page, scanned or typed, for a key made here.

import { pair, Refusal } from "./api.ts";
import { element } from "./dom.ts";
import { newKey, publicJwk, remember, type Paired } from "./key.ts";
import { title } from "./screens.ts";
import { errorKey, type Say, type TextKey } from "./texts.ts";

/** The code in the address's fragment, which no server sees. */
export function codeIn(fragment: string): string | undefined {
  const code = new URLSearchParams(fragment.replace(/^#/, "")).get("pair")?.trim();
  return code === undefined || code === "" ? undefined : code;
}

/** The code of what was typed: the code itself, or the whole address behind the QR code. */
export function codeOf(typed: string): string {
  const fragment = typed.indexOf("#");
  return (fragment < 0 ? undefined : codeIn(typed.slice(fragment))) ?? typed.replace(/\s+/g, "");
}

/** What this phone is called until its person says otherwise. */
export function nameKey(agent: string): TextKey {
  if (/iPhone|iPad/.test(agent)) return "name_iphone";
  return agent.includes("Android") ? "name_android" : "name_other";
}

/** Makes a key, shows the code, and remembers what came of it. */
export async function pairWith(code: string, name: string, language: string): Promise<Paired> {
  const keys = await newKey();
  const deviceId = await pair(code, await publicJwk(keys), name, language);
  const pairing = { deviceId, name, privateKey: keys.privateKey };
  await remember(pairing);
  return pairing;
}

/** What the form needs. */
export interface PairForm {
  say: Say;
  language: string;
  code: string;
  /** A pairing exists that this one would replace. */
  replaces: boolean;
  done: (pairing: Paired) => void;
  cancel: () => void;
}

interface Field {
  node: HTMLElement;
  input: HTMLInputElement;
  fault: (text: string) => void;
}

function field(id: string, label: string, value: string, hint?: string): Field {
  const input = element("input", {
    class: "form-control", id, name: id, value, autocomplete: "off", autocapitalize: "off", spellcheck: "false",
    "aria-describedby": `${id}-error ${id}-hint`,
  });
  const error = element("div", { class: "invalid-feedback", id: `${id}-error` });
  const note = element("div", { class: "form-hint", id: `${id}-hint` }, hint ?? "");
  const fault = (text: string): void => {
    error.textContent = text;
    input.classList.toggle("is-invalid", text !== "");
    if (text === "") input.removeAttribute("aria-invalid");
    else input.setAttribute("aria-invalid", "true");
  };
  const node = element("div", { class: "field" }, element("label", { class: "form-label", for: id }, label), input, note, error);
  return { node, input, fault };
}

/** Draws the form; `submit` sends it as a tap would. */
export function pairScreen(form: PairForm): { nodes: Node[]; submit: () => void } {
  const { say } = form;
  const code = field("code", say("pair_code"), form.code);
  const name = field("name", say("pair_name"), say(nameKey(navigator.userAgent)), say("pair_name_hint"));
  name.input.maxLength = 50;
  const alert = element("div", { class: "alert alert-danger phone-alert", role: "alert" });
  alert.hidden = true;
  const submit = element("button", { class: "btn btn-primary w-100", type: "submit" }, say("pair_submit"));
  const node = element("form", { novalidate: true, autocomplete: "off" }, code.node, name.node, alert, submit);
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!submit.disabled) void send();
  });

  const valid = (): boolean => {
    code.fault(code.input.value.trim() === "" ? say("pair_code_missing") : "");
    name.fault(name.input.value.trim() === "" ? say("pair_name_missing") : "");
    const first = [code, name].find((one) => one.input.hasAttribute("aria-invalid"));
    first?.input.focus();
    return first === undefined;
  };
  const send = async (): Promise<void> => {
    alert.hidden = true;
    if (!valid()) return;
    submit.disabled = true;
    submit.textContent = say("pair_sending");
    try {
      form.done(await pairWith(codeOf(code.input.value), name.input.value.trim(), form.language));
    } catch (error) {
      alert.textContent = explained(say, error);
      alert.hidden = false;
      submit.disabled = false;
      submit.textContent = say("pair_submit");
    }
  };

  const note = element("p", { class: "phone-note" }, say(form.replaces ? "pair_replaces" : "pair_note"));
  const nodes: Node[] = [title(say("pair_title")), note, node];
  if (form.replaces) {
    const cancel = element("button", { class: "btn btn-link w-100", type: "button" }, say("pair_cancel"));
    cancel.addEventListener("click", form.cancel);
    nodes.push(cancel);
  }
  return { nodes, submit: () => { node.requestSubmit(); } };
}

/** What the server said about the code or the name, else our own words for its refusal. */
function explained(say: Say, error: unknown): string {
  if (!(error instanceof Refusal)) return say("error_unknown");
  const own = errorKey(error.code);
  const told = error.code === "invalid_request" || own === "error_unknown" ? error.detail : undefined;
  return told ?? say(own);
}
