"""Reads addresses, one a line, asks for each with the session SESSION, and prints how many statements of which database
each took, as JSON."""

import json
import os
import sys

import django

django.setup()

from django.db import connections  # noqa: E402  (needs the set-up above)
from django.test import Client  # noqa: E402


def statements(client: Client, address: str) -> dict[str, int]:
    for connection in connections.all():
        connection.force_debug_cursor = True
        connection.queries_log.clear()
    answer = client.get(address)
    if answer.status_code != 200:
        sys.exit(f"{address} is answered {answer.status_code}")
    return {connection.alias: len(connection.queries_log) for connection in connections.all()}


client = Client(headers={"Host": "127.0.0.1", "Cookie": f"peer_session={os.environ['SESSION']}"})
# The first request of a connection sets it up.
addresses = sys.stdin.read().split()
client.get(addresses[0])
print(json.dumps({address: statements(client, address) for address in addresses}))
