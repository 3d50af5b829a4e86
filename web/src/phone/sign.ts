// The signature of a paired phone: ES256 over `hanok-device-v1` and six lines (identity's contract).

/** What a signature covers. */
export interface Signed {
  /** The server's own origin, `scheme://host[:port]`. */
  origin: string;
  method: string;
  /** As sent, with query and trailing slash. */
  path: string;
  /** Hex SHA-256 of the body, of the empty string where there is none. */
  bodyHash: string;
  /** Unix milliseconds. */
  time: string;
  /** 16 bytes, base64url. */
  nonce: string;
}

/** A signature with what the server needs to check it. */
export interface Proof {
  id: string;
  time: string;
  nonce: string;
  signature: string;
}

/** A paired phone, as far as signing needs it. */
export interface Signer {
  deviceId: string;
  privateKey: CryptoKey;
  origin: string;
}

/** Base64url without padding. */
export function base64url(bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Lower-case hex. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The text that is signed. */
export function signingText(signed: Signed): string {
  const { origin, method, path, bodyHash, time, nonce } = signed;
  return ["hanok-device-v1", origin, method, path, bodyHash, time, nonce].join("\n");
}

/** Hex SHA-256 of a text's UTF-8. */
export async function sha256(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

/** Signs one call at this time (Unix milliseconds) with a new nonce. */
export async function prove(
  signer: Signer,
  method: string,
  path: string,
  body: string,
  now: number,
): Promise<Proof> {
  const time = String(Math.round(now));
  const nonce = base64url(crypto.getRandomValues(new Uint8Array(16)));
  const bodyHash = await sha256(body);
  const text = signingText({ origin: signer.origin, method, path, bodyHash, time, nonce });
  const algorithm = { name: "ECDSA", hash: "SHA-256" };
  const signature = await crypto.subtle.sign(algorithm, signer.privateKey, new TextEncoder().encode(text));
  return { id: signer.deviceId, time, nonce, signature: base64url(new Uint8Array(signature)) };
}

/** A proof as the headers of an HTTP call. */
export function headersOf(proof: Proof): Record<string, string> {
  return {
    "X-Device-Id": proof.id,
    "X-Device-Time": proof.time,
    "X-Device-Nonce": proof.nonce,
    "X-Device-Signature": proof.signature,
  };
}
