"""Where things are, and a free port to serve on."""

import os
import socket
from pathlib import Path

BENCHES = Path(__file__).resolve().parent.parent
REPOSITORY = BENCHES.parent
PEERS = BENCHES / "peers"
TARGET = REPOSITORY / os.environ.get("CARGO_TARGET_DIR", "target") / "release"
# On the repository's own disk, not in a /tmp that may be memory: a durable commit must cost what it costs.
WORK = REPOSITORY / ".cache" / "bench"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
