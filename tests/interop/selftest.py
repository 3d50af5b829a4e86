"""Makes answers as Hanok would, good and bad, and hands them to the provider guide's examples."""

import base64
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import time
import typing

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from jwcrypto import jwe as jwcrypto_jwe
from jwcrypto import jwk as jwcrypto_jwk

RUN = pathlib.Path(__file__).with_name("run")
CLIENT_ID = "a-shop"
ASKED = "01939d2c-7c5b-7d0e-9f53-0d6b1c1f4a10"
ANSWERED = "01939d2c-7c5b-7d0e-9f53-0d6b1c1f4a11"
UNASKED = "01939d2c-7c5b-7d0e-9f53-0d6b1c1f4a12"


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Key:
    """A provider's key, in both spellings in which Hanok shows it."""

    def __init__(self, kid: str):
        self.kid = kid
        self.secret = os.urandom(32)

    def shown(self) -> dict:
        return {
            "kid": self.kid,
            "jwk": {"kty": "oct", "kid": self.kid, "k": base64url(self.secret)},
            "base64": base64.b64encode(self.secret).decode(),
        }


OLD, CURRENT = Key("2026-08-old"), Key("2026-11-current")
FOREIGN = Key("2026-11-foreign")


def claims(**changes) -> dict:
    """An answer's content; a change to None leaves the claim out."""
    now = int(time.time())
    whole = {
        "iss": "http://localhost:8080",
        "aud": CLIENT_ID,
        "iat": now,
        "exp": now + 300,
        "jti": ASKED,
        "state": 'back\\slash "quote" 한글 \U0001f3e0 "exp":99999999999, {[',
        "status": "COMPLETED",
        "auth_code": base64url(os.urandom(32)),
        "ci": base64.b64encode(os.urandom(64)).decode(),
        "ci_synthetic": True,
        "di": base64.b64encode(bytes.fromhex("302d06082a864886f70d0209032100") + os.urandom(32)).decode(),
        "completed_at": "2026-11-21T05:30:41.123456Z",
    }
    whole.update(changes)
    return {name: value for name, value in whole.items() if value is not None}


def seal(content: dict | bytes, key: Key = CURRENT, *, ascii_only: bool = False, **header) -> str:
    """RFC 7516 by hand: dir, A256GCM, the encoded header as associated data."""
    protected = {"alg": "dir", "enc": "A256GCM", "kid": key.kid, "typ": "JWT", **header}
    encoded = base64url(json.dumps(protected, separators=(",", ":")).encode())
    plain = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=ascii_only).encode()
    iv = os.urandom(12)
    sealed = AESGCM(key.secret).encrypt(iv, plain, encoded.encode())
    return ".".join([encoded, "", base64url(iv), base64url(sealed[:-16]), base64url(sealed[-16:])])


def changed(token: str, part: int) -> str:
    """The same token with one bit of one part flipped."""
    parts = token.split(".")
    padded = parts[part] + "=" * (-len(parts[part]) % 4)
    data = bytearray(base64.urlsafe_b64decode(padded))
    data[len(data) // 2] ^= 1
    parts[part] = base64url(bytes(data))
    return ".".join(parts)


def other_header(token: str) -> str:
    """The same token under a header that differs and is still good JSON."""
    parts = token.split(".")
    header = {"alg": "dir", "enc": "A256GCM", "kid": CURRENT.kid}
    return ".".join([base64url(json.dumps(header).encode()), *parts[1:]])


def wrapped() -> str:
    """An answer that opens with the right key but under another algorithm than the agreed one."""
    token = jwcrypto_jwe.JWE(
        json.dumps(claims()),
        json.dumps({"alg": "A256GCMKW", "enc": "A256GCM", "kid": CURRENT.kid, "typ": "JWT"}),
    )
    token.add_recipient(jwcrypto_jwk.JWK(**CURRENT.shown()["jwk"]))
    return token.serialize(compact=True)


def unsecured() -> str:
    """A JWT that nobody signed."""
    return ".".join([base64url(b'{"alg":"none"}'), base64url(json.dumps(claims()).encode()), ""])


class Case(typing.NamedTuple):
    name: str
    token: str
    accepted: dict | None = None
    reason: str = ""


def good(name: str, content: dict, key: Key = CURRENT, **options) -> Case:
    return Case(f"accepts {name}", seal(content, key, **options), accepted=content)


def bad(name: str, token: str, reason: str = "") -> Case:
    return Case(f"refuses {name}", token, reason=reason)


def cases() -> list[Case]:
    now = int(time.time())
    refused = {"status": "FAILED", "failure_reason": "denied", "auth_code": None, "ci": None, "di": None}
    plain = claims(state=None)
    test = {name: plain[name] for name in ("iss", "aud", "iat", "exp")}
    test |= {"jti": UNASKED, "status": "TEST", "completed_at": None}
    return [
        good("an answer", plain),
        good("an answer with every character in state", claims()),
        good("the same with \\u escapes", claims(), ascii_only=True),
        good("an answer under the older key", claims(), OLD),
        good("a request that the person denied", claims(**refused)),
        good("a late answer without its code", {**claims(), "auth_code": None}),
        good("an answer from a clock 30 seconds ahead", claims(iat=now + 30, exp=now + 330)),
        bad("a changed ciphertext", changed(seal(claims()), 3)),
        bad("a changed tag", changed(seal(claims()), 4)),
        bad("a changed iv", changed(seal(claims()), 2)),
        bad("a changed header", other_header(seal(claims()))),
        bad("a shortened tag", seal(claims())[:-6]),
        bad("another key under this key's name", seal(claims(), FOREIGN, kid=CURRENT.kid)),
        bad("a key it does not hold", seal(claims(), FOREIGN), "kid|key"),
        bad("an answer that names the wrong one of its keys", seal(claims(), OLD, kid=CURRENT.kid)),
        bad("a header without kid", seal(claims(), kid=None), "kid|key"),
        bad("another algorithm with the right key", wrapped()),
        bad("a JWT that nobody sealed", unsecured()),
        bad("no JWE at all", "no.jwe.at.all.!"),
        bad("an answer for another provider", seal(claims(aud="b-shop")), "aud"),
        bad("an answer for nobody", seal(claims(aud=None)), "aud"),
        bad("an expired answer", seal(claims(iat=now - 400, exp=now - 100)), "exp|iat"),
        bad("an answer without exp", seal(claims(exp=None)), "exp"),
        bad("an answer from the future", seal(claims(iat=now + 3600, exp=now + 3900)), "iat|future"),
        bad("an answer without iat", seal(claims(iat=None)), "iat"),
        bad("a transaction that was not asked for", seal(claims(jti=UNASKED)), "not asked"),
        bad("a test of the callback address, at the last check only", seal(test), "not asked"),
        bad("an answer without jti", seal(claims(jti=None)), "jti"),
        bad("an answer that came before", seal(claims(jti=ANSWERED)), "seen"),
        bad("content that is no JSON", seal(b"COMPLETED")),
    ]


def fault(example: str, case: Case) -> str | None:
    """Runs one example on one answer; the fault, or None."""
    given = {
        "jwe": case.token,
        "keys": [OLD.shown(), CURRENT.shown()],
        "client_id": CLIENT_ID,
        "asked": [ASKED, ANSWERED],
        "seen": [ANSWERED],
    }
    ran = subprocess.run([RUN, example], input=json.dumps(given).encode(), capture_output=True, timeout=120)
    output, error = ran.stdout.decode(), ran.stderr.decode()
    if case.accepted is not None:
        if ran.returncode != 0:
            return f"exit {ran.returncode}: {error.strip()}"
        if json.loads(output) != case.accepted:
            return f"printed {output.strip()} in place of {json.dumps(case.accepted)}"
        return None
    if ran.returncode != 1 or output:
        return f"exit {ran.returncode} in place of 1; printed {output.strip()!r} {error.strip()}"
    if not error.startswith("refused: ") or error.count("\n") != 1:
        return f"no single line with the reason: {error!r}"
    if case.reason and not any(word in error.lower() for word in case.reason.split("|")):
        return f"another reason than {case.reason}: {error.strip()}"
    return None


def main(examples: list[str]) -> int:
    runs = [(example, case) for example in examples for case in cases()]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        faults = list(pool.map(lambda run: fault(*run), runs))
    for (example, case), found in zip(runs, faults):
        if found:
            print(f"{example}: {case.name}: FAILED, {found}")
    for example in examples:
        mine = [found for (name, _), found in zip(runs, faults) if name == example]
        print(f"{example}: {mine.count(None)} of {len(mine)} answers treated rightly")
    failed = sum(found is not None for found in faults)
    print(f"interop: {len(faults) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
