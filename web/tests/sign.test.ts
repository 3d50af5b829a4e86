import assert from "node:assert/strict";
import { test } from "node:test";
import { base64url, headersOf, hex, prove, sha256, signingText } from "../src/phone/sign.ts";

test("the signed text is seven lines in the protocol's order", () => {
  const text = signingText({
    origin: "https://id.example.org",
    method: "POST",
    path: "/api/v1/auth/confirm/?a=1",
    bodyHash: "ab",
    time: "1795000000000",
    nonce: "AAAA",
  });
  assert.equal(
    text,
    "hanok-device-v1\nhttps://id.example.org\nPOST\n/api/v1/auth/confirm/?a=1\nab\n1795000000000\nAAAA",
  );
});

test("an empty body is hashed as the empty string", async () => {
  assert.equal(await sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
});

test("hex is lower case and base64url has neither padding nor the letters of base64", () => {
  assert.equal(hex(new Uint8Array([0, 255, 10])), "00ff0a");
  assert.equal(base64url(new Uint8Array([251, 255, 254, 1])), "-__-AQ");
});

test("a proof verifies with the public key, as raw r and s, and is new each time", async () => {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  const origin = "http://localhost:8080";
  const signer = { deviceId: "d1", privateKey: pair.privateKey, origin };
  const proof = await prove(signer, "GET", "/api/v1/auth/pending/", "", 1_795_000_000_000.4);
  assert.equal(proof.time, "1795000000000");
  assert.equal(Buffer.from(proof.nonce, "base64url").length, 16);
  const signature = Buffer.from(proof.signature, "base64url");
  assert.equal(signature.length, 64);
  const { time, nonce } = proof;
  const text = signingText({ origin, method: "GET", path: "/api/v1/auth/pending/", bodyHash: await sha256(""), time, nonce });
  const algorithm = { name: "ECDSA", hash: "SHA-256" };
  assert.ok(await crypto.subtle.verify(algorithm, pair.publicKey, signature, new TextEncoder().encode(text)));
  const second = await prove(signer, "GET", "/api/v1/auth/pending/", "", 1_795_000_000_000);
  assert.notEqual(second.nonce, proof.nonce);
});

test("a proof travels in four headers", () => {
  const headers = headersOf({ id: "d1", time: "1", nonce: "n", signature: "s" });
  assert.deepEqual(headers, {
    "X-Device-Id": "d1",
    "X-Device-Time": "1",
    "X-Device-Nonce": "n",
    "X-Device-Signature": "s",
  });
});
