"""The peer in memory: npm oidc-provider with CIBA, polled for a token that is not there yet."""

import base64
import os
import subprocess
from pathlib import Path

from .places import PEERS, free_port
from .subject import Operation, Sizes, Subject

HOME = PEERS / "oidc-provider"
CLIENT_ID, CLIENT_SECRET = "bench", "bench-secret-of-a-loopback-server-only"
# Its default adapter keeps the newest 1,000 entries, so status is asked for 500 fresh requests in turn.
SIZES = Sizes(warm_up=3_000, requests=10_000, pollable=500)


def prepare(work: Path, scale: float) -> Subject:
    install(HOME)
    port = free_port()
    basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"}
    grant = "urn%3Aopenid%3Aparams%3Agrant-type%3Aciba"
    return Subject(
        name="oidc-provider",
        command=["node", "server.mjs"],
        cwd=HOME,
        env=os.environ
        | {"NODE_ENV": "production", "PORT": str(port), "CLIENT_ID": CLIENT_ID, "CLIENT_SECRET": CLIENT_SECRET},
        port=port,
        ready_path="/.well-known/openid-configuration",
        request=Operation("POST", "/backchannel", 200, headers, "scope=openid&login_hint=010{n}", ("auth_req_id",)),
        # A 400 there, as the standard has it.
        status=Operation(
            "POST",
            "/token",
            400,
            headers,
            f"grant_type={grant}&auth_req_id={{id}}",
            contains="authorization_pending",
        ),
        sizes=SIZES.scaled(scale),
    )


def install(home: Path) -> None:
    lock, stamp = home / "package-lock.json", home / "node_modules" / ".installed"
    if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
        subprocess.run(["npm", "ci", "--ignore-scripts"], cwd=home, check=True)
        stamp.write_bytes(lock.read_bytes())
