"""Ports for servers of tests: below what a kernel gives to outgoing connections (from 32768), so that a server that
was killed finds its port free when it comes back, and beside what the tests in Rust take."""

import socket

PORTS = range(32_000, 32_768)
given = set()


def free_port():
    """A port of this machine that nobody listens at, another one each time."""
    for port in PORTS:
        if port in given:
            continue
        given.add(port)
        with socket.socket() as probe:
            # As servers do: what an earlier one left in TIME_WAIT is no listener.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise SystemExit(f"no port from {PORTS.start} to {PORTS.stop - 1} is free")
