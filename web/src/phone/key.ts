// The phone's key: P-256, made here, not exportable, kept in IndexedDB.

/** What this browser remembers of its pairing. */
export interface Paired {
  deviceId: string;
  name: string;
  privateKey: CryptoKey;
}

const DATABASE = "hanok-phone";
const STORE = "paired";
const ONLY = "this";

/** Whether this browser can hold a key: https or localhost, and a storage. */
export function canHoldKey(): boolean {
  return isSecureContext && "subtle" in crypto && "indexedDB" in globalThis;
}

/** A new key pair; its private half never leaves the browser. */
export async function newKey(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
}

/** The public half as the server takes it (RFC 7517). */
export async function publicJwk(pair: CryptoKeyPair): Promise<Record<"kty" | "crv" | "x" | "y", string>> {
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  if (kty === undefined || crv === undefined || x === undefined || y === undefined) {
    throw new Error("the browser exported no P-256 key");
  }
  return { kty, crv, x, y };
}

/** The pairing of this browser, if there is one. */
export async function paired(): Promise<Paired | undefined> {
  return inStore("readonly", (store) => store.get(ONLY) as IDBRequest<Paired | undefined>);
}

/** Remembers a pairing; the one before is forgotten. */
export async function remember(pairing: Paired): Promise<void> {
  await inStore("readwrite", (store) => store.put(pairing, ONLY));
}

/** Forgets the pairing and its key. */
export async function forget(): Promise<void> {
  await inStore("readwrite", (store) => store.delete(ONLY));
}

async function inStore<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await opened();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => {
        resolve(request.result);
      };
      transaction.onabort = () => {
        reject(transaction.error ?? new Error("the browser kept nothing"));
      };
    });
  } finally {
    database.close();
  }
}

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(STORE);
    };
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error ?? new Error("the browser opened no storage"));
    };
  });
}
