// In the demo the page around the phone shows what the phone sends and hears. It alone is told, and only there.

/** What a message of the phone's is. */
export type SeenKind = "pair" | "request" | "confirm" | "deny" | "done";

/** A message of the phone's, as the page around it is told. */
export interface Seen {
  hanok: "seen";
  kind: SeenKind;
  /** Unix milliseconds. */
  at: number;
  /** What the phone sent; nothing where it only heard. */
  sent?: string;
  /** What it heard. */
  answer: string;
}

/** The calls that are shown, by their paths. */
const CALLS: Partial<Record<string, SeenKind>> = {
  "/api/v1/devices/pair/": "pair",
  "/api/v1/auth/confirm/": "confirm",
  "/api/v1/auth/deny/": "deny",
};
/** Values that are nobody's to see over a shoulder. */
const SECRETS = new Set(["pin_code", "pairing_code"]);

let telling = false;

/** From now on the page around this one is told, where there is one of ours. */
export function tellAround(): void {
  telling = window.parent !== window;
}

function tell(message: Omit<Seen, "hanok">): void {
  if (!telling) return;
  const seen: Seen = { hanok: "seen", ...message };
  window.parent.postMessage(seen, location.origin);
}

/** An event came over the socket. */
export function heard(kind: SeenKind, event: string, content: object): void {
  tell({ kind, at: Date.now(), answer: `${event}\n\n${pretty(content)}` });
}

/** A call sent at `at` was answered; the answer is read from a copy. */
export function called(path: string, init: RequestInit, at: number, response: Response): void {
  const kind = CALLS[path];
  if (!telling || kind === undefined) return;
  const copy = response.clone();
  void copy.json().catch(() => ({})).then((answer: unknown) => {
    const line = `${response.status} ${response.statusText}`;
    tell({ kind, at, sent: asSent(path, init), answer: `${line}\n\n${pretty(answer)}` });
  });
}

function asSent(path: string, init: RequestInit): string {
  const lines = [`${init.method ?? "GET"} ${path}`];
  new Headers(init.headers).forEach((value, name) => {
    lines.push(`${name}: ${value}`);
  });
  const body = typeof init.body === "string" ? `\n\n${pretty(JSON.parse(init.body))}` : "";
  return lines.join("\n") + body;
}

function pretty(content: unknown): string {
  return JSON.stringify(content, (name, value: unknown) => (SECRETS.has(name) ? "…" : value), 2);
}
