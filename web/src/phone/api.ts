// The phone's calls to the server.

import { ServerClock } from "./clock.ts";
import { headersOf, prove, type Proof, type Signer } from "./sign.ts";
import { called } from "./witness.ts";

/** A request that waits, as `GET /api/v1/auth/pending/` tells it. */
export interface PendingRequest {
  transaction_id: string;
  provider_name: string;
  choices: string[];
  binding_message: string | null;
  /** Only where it is a sign-in to Hanok itself. */
  sign_in?: boolean;
  created_at: string;
  expires_at: string;
}

/** A refusal of the server, or no answer at all (`network`). */
export class Refusal extends Error {
  readonly code: string;
  /** What the server said about a field or the call, in the page's language. */
  readonly detail: string | undefined;

  constructor(code: string, detail?: string) {
    super(code);
    this.name = "Refusal";
    this.code = code;
    this.detail = detail;
  }
}

interface Problem {
  code?: string;
  detail?: string;
  errors?: { pointer?: string; detail?: string }[];
}

/** What the server said about a refused call. */
export function refusal(status: number, problem: Problem | undefined): Refusal {
  const fallback = status >= 500 ? "unavailable" : "unknown";
  return new Refusal(problem?.code ?? fallback, problem?.errors?.[0]?.detail ?? problem?.detail);
}

async function answered<T>(response: Response): Promise<T> {
  const body = await response.json().catch(() => undefined) as unknown;
  if (!response.ok) throw refusal(response.status, body as Problem | undefined);
  return body as T;
}

async function sent(path: string, init: RequestInit): Promise<Response> {
  try {
    // The signature is the phone's sign-in; a browser session beside it must not take part.
    const start = Date.now();
    const response = await fetch(path, { ...init, credentials: "omit", cache: "no-store" });
    called(path, init, start, response);
    return response;
  } catch {
    throw new Refusal("network");
  }
}

/** Pairs: shows the code and the public key, and gives the phone's id. */
export async function pair(code: string, key: object, name: string, language: string): Promise<string> {
  const response = await sent("/api/v1/devices/pair/", {
    method: "POST",
    headers: { "Content-Type": "application/json", "Accept-Language": language },
    body: JSON.stringify({ pairing_code: code, public_key: key, name }),
  });
  return (await answered<{ device_id: string }>(response)).device_id;
}

/** Signed calls of a paired phone. */
export class PhoneApi {
  readonly clock: ServerClock;
  readonly #signer: Signer;
  readonly #language: string;

  constructor(signer: Signer, language: string, clock = new ServerClock()) {
    this.#signer = signer;
    this.#language = language;
    this.clock = clock;
  }

  /** What waits for the person. */
  async pending(): Promise<PendingRequest[]> {
    return (await this.#call<{ requests: PendingRequest[] }>("GET", "/api/v1/auth/pending/")).requests;
  }

  /** Approves. */
  async confirm(transaction: string, pin: string, number: string): Promise<void> {
    await this.#call("POST", "/api/v1/auth/confirm/", {
      transaction_id: transaction,
      pin_code: pin,
      binding_code: number,
    });
  }

  /** Says no. */
  async deny(transaction: string): Promise<void> {
    await this.#call("POST", "/api/v1/auth/deny/", { transaction_id: transaction });
  }

  /** The proof with which the socket connects. */
  async socketProof(): Promise<Proof> {
    return prove(this.#signer, "CONNECT", "/socket.io/", "", this.clock.now());
  }

  async #call<T>(method: string, path: string, content?: object): Promise<T> {
    const first = await this.#once(method, path, content);
    if (first.response.status !== 401 || !first.clockMoved) return answered<T>(first.response);
    // Refused with a clock that was wrong: once more with the right time.
    return answered<T>((await this.#once(method, path, content)).response);
  }

  async #once(
    method: string,
    path: string,
    content: object | undefined,
  ): Promise<{ response: Response; clockMoved: boolean }> {
    const body = content === undefined ? "" : JSON.stringify(content);
    const proof = await prove(this.#signer, method, path, body, this.clock.now());
    const headers: Record<string, string> = { ...headersOf(proof), "Accept-Language": this.#language };
    const init: RequestInit = { method, headers };
    if (content !== undefined) {
      headers["Content-Type"] = "application/json";
      init.body = body;
    }
    const start = Date.now();
    const response = await sent(path, init);
    return { response, clockMoved: this.clock.heard(response.headers.get("Date"), start) };
  }
}
