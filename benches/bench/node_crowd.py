"""npm socket.io with as many sockets, each with a token that is checked, told by a POST what to send."""

import hmac
import http.client
import os
from pathlib import Path

from . import oidc_provider
from .crowd import Place
from .places import PEERS, free_port
from .process import BenchError
from .subject import Operation, Sizes, Subject

HOME = PEERS / "socket-io"
KEY = "bench-key-of-a-loopback-server-only"


def prepare(work: Path, sockets: int) -> Place:
    oidc_provider.install(HOME)
    port, nothing = free_port(), Operation("GET", "/", 200)
    tokens = work / "tokens.txt"
    tokens.write_text("\n".join(token(str(person)) for person in range(sockets)))
    subject = Subject(
        name="socket.io",
        command=["node", "server.mjs"],
        cwd=HOME,
        env=os.environ | {"NODE_ENV": "production", "PORT": str(port), "KEY": KEY},
        port=port,
        ready_path="/",
        request=nothing,
        status=nothing,
        sizes=Sizes(0, 0),
    )
    return Place(
        subject,
        open=lambda: (tokens, ["post_1"]),
        each=lambda count: post(port, f"/each?count={count}"),
        all=lambda count: post(port, f"/all?count={count}"),
    )


def token(person: str) -> str:
    return f"{person}.{hmac.new(KEY.encode(), person.encode(), 'sha256').hexdigest()}"


def post(port: int, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    try:
        connection.request("POST", path)
        if (status := connection.getresponse().status) != 200:
            raise BenchError(f"{path} was answered {status}")
    finally:
        connection.close()
